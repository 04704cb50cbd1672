//! The settings of a pair, as its processes will see them: the environment, then `.env`.
//!
//! `lab` needs to know the ports before it starts anything, and `doctor` compares the settings with each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::Error;

/// The ports when nothing is set: server, client.
pub const DEFAULT_PORTS: (u16, u16) = (5000, 5001);

/// One line of `.env` that sets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number, from 1.
    pub line: usize,
    /// The setting's name.
    pub name: String,
    /// Its value, without quotes.
    pub value: String,
}

/// What `.env` at the workspace root says, and what the environment says instead.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The lines of `.env`, in order.
    pub file: Vec<Entry>,
    /// Lines of `.env` that are neither a setting, a comment nor empty.
    pub unreadable: Vec<usize>,
    /// What the environment sets.
    pub environment: BTreeMap<String, String>,
}

impl Settings {
    /// Reads `.env` in `root`, if it is there, and the environment of this process.
    ///
    /// # Errors
    /// `.env` is there but cannot be read as text.
    pub fn read(root: &Path) -> Result<Settings, Error> {
        let path = root.join(".env");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::file("read", &path, error)),
        };
        let mut settings = Settings::parse(&text);
        settings.environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(settings)
    }

    /// Reads the text of a `.env` alone.
    pub fn parse(text: &str) -> Settings {
        let mut settings = Settings::default();
        for (index, line) in text.lines().enumerate() {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let content = content.strip_prefix("export ").unwrap_or(content);
            match content.split_once('=') {
                Some((name, value)) if is_name(name.trim()) => settings.file.push(Entry {
                    line: index + 1,
                    name: name.trim().into(),
                    value: unquote(value.trim()),
                }),
                _ => settings.unreadable.push(index + 1),
            }
        }
        settings
    }

    /// The value in force. The environment wins over `.env`, and an empty value counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        // `.env` never overwrites a variable that exists, even an empty one; in `.env` the first line wins.
        let first = || self.file.iter().find(|entry| entry.name == name).map(|entry| &entry.value);
        let value = self.environment.get(name).or_else(first)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    /// The ports in force: server, client.
    ///
    /// # Errors
    /// A port is not a number from 1 to 65535, or both are the same.
    pub fn ports(&self) -> Result<(u16, u16), Error> {
        let port = |name: &str, default: u16| {
            match self.get(name) {
            None => Ok(default),
            Some(text) => text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| {
                Error::request(format!(
                    "{name} is `{text}`, which is no port. Set a number from 1 to 65535, or leave it out for {default}."
                ))
            }),
        }
        };
        let server = port("AUTH_SERVER_PORT", DEFAULT_PORTS.0)?;
        let client = port("CLIENT_APP_PORT", DEFAULT_PORTS.1)?;
        if server == client {
            return Err(Error::request(format!(
                "Server and client cannot both have port {server}. Give them two ports: AUTH_SERVER_PORT and CLIENT_APP_PORT."
            )));
        }
        Ok((server, client))
    }
}

/// Whether `name` can be the name of an environment variable.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// The value without its quotes, or without a comment behind it when it has none.
fn unquote(value: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inner.0.into();
        }
    }
    let comment = value.find(" #").unwrap_or(value.len());
    value[..comment].trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_read_as_people_write_them() {
        let settings = Settings::parse(
            "# x\n\nA=1 # one\nexport B = \"two # 2\"\nC='3'\nnonsense\nD=\r\nE=http://h/#f\n",
        );
        let get = |name| settings.get(name);
        assert_eq!(
            [
                get("A"),
                get("B"),
                get("C"),
                get("D"),
                get("E")
            ],
            [
                Some("1"),
                Some("two # 2"),
                Some("3"),
                None,
                Some("http://h/#f")
            ]
        );
        assert_eq!(settings.unreadable, [6]);
        assert_eq!(settings.file[1].line, 4);
    }

    #[test]
    fn the_environment_wins_even_when_it_is_empty() {
        let mut settings = Settings::parse("AUTH_SERVER_PORT=5010\nCLIENT_APP_PORT=5011");
        assert_eq!(settings.ports().expect("good"), (5010, 5011));
        settings.environment.insert("AUTH_SERVER_PORT".into(), String::new());
        assert_eq!(settings.ports().expect("good"), (5000, 5011));
    }

    #[test]
    fn bad_ports_are_named() {
        let message = |text| Settings::parse(text).ports().expect_err(text).to_string();
        assert!(message("AUTH_SERVER_PORT=0").contains("AUTH_SERVER_PORT is `0`"));
        assert!(message("CLIENT_APP_PORT=70000").contains("CLIENT_APP_PORT is `70000`"));
        assert!(message("CLIENT_APP_PORT=5000").contains("cannot both have port 5000"));
    }
}
