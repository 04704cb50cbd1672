//! What is set, and where: the environment, then `.env`.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::path::Path;

use crate::env_file::EnvFile;
use crate::table;
use crate::table::SETTINGS;

/// What the environment and `.env` say, before anybody judges it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The lines of `.env`.
    pub file: EnvFile,
    /// What the environment says about the settings of the table; none where it is not UTF-8.
    environment: BTreeMap<&'static str, Option<String>>,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the environment of the process.
    Environment,
    /// In this line of `.env`, counted from 1.
    Line(usize),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Environment => f.write_str("set in the environment"),
            Source::Line(line) => write!(f, "line {line} of .env"),
        }
    }
}

impl Given {
    /// Reads `.env` in `root`, if it is there, and the environment of this process.
    pub fn read(root: &Path) -> Given {
        let variable = |name: &'static str| Some((name, env::var_os(name)?.into_string().ok()));
        Given {
            file: EnvFile::read(&root.join(".env")),
            environment: SETTINGS.iter().filter_map(|setting| variable(setting.name)).collect(),
        }
    }

    /// The text of a `.env` alone, as if the environment were empty.
    pub fn parse(text: &str) -> Given {
        Given {
            file: EnvFile::parse(text.as_bytes()),
            environment: BTreeMap::new(),
        }
    }

    /// The same, with one setting as the environment would set it. A name that is no setting changes nothing.
    pub fn with(mut self, name: &str, value: &str) -> Given {
        if let Some(setting) = table::find(name) {
            self.environment.insert(setting.name, Some(value.into()));
        }
        self
    }

    #[cfg(test)]
    pub(crate) fn set_unreadable(&mut self, name: &'static str) {
        self.environment.insert(name, None);
    }

    /// The value in force and where it stands. The value is none where it is not UTF-8.
    ///
    /// The environment wins even when it is empty: so a person can set aside what `.env` says.
    pub fn get(&self, name: &str) -> Option<(Option<&str>, Source)> {
        if let Some(value) = self.environment.get(name) {
            return Some((value.as_deref(), Source::Environment));
        }
        let entry = self.file.entries.iter().find(|entry| entry.name == name)?;
        Some((Some(&entry.value), Source::Line(entry.line)))
    }

    /// Whether a setting has a value that is not its default by being absent or empty.
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|(value, _)| value != Some(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_even_when_it_is_empty() {
        let given = Given::parse("AUTH_SERVER_PORT=5010\nCLIENT_APP_PORT=5011");
        assert_eq!(given.get("AUTH_SERVER_PORT"), Some((Some("5010"), Source::Line(1))));
        let given = given.with("AUTH_SERVER_PORT", "").with("CLIENT_APP_PORT", "5012");
        assert_eq!(given.get("AUTH_SERVER_PORT"), Some((Some(""), Source::Environment)));
        assert!(!given.is_set("AUTH_SERVER_PORT") && given.is_set("CLIENT_APP_PORT"));
        let settings = given.settings().expect("good");
        assert_eq!((settings.auth_server_port, settings.client_app_port), (5000, 5012));
        assert_eq!(given.get("CLIENT_ID"), None);
    }
}
