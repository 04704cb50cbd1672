//! Where the servers of a run keep what they remember, and the secret that must last as long.

use std::path::Path;

use crate::error::Error;
use crate::process::secret;
use crate::versions::{Version, Versions};
use ::settings::{Given, rules, table};

/// What a version must have, by its name in `brings`, so that its servers can share a store.
const SHARED_STORE: &str = "shared-store";

/// The store that is one process's own.
const MEMORY: &str = "memory:";

/// A store that was chosen for a run. Nothing prints it whole: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Store {
    /// What `LAB_STORE` is to be. It may hold a password.
    pub name: String,
    origin: Origin,
}

/// Who has chosen a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The command line.
    Asked,
    /// The environment, or `.env`.
    Set,
    /// Nobody: several servers need one that they can share.
    Default,
}

/// The store of a run of `version` by `instances` servers: what was `asked` for, or what `LAB_STORE` says, or `file`
/// if there are several. None where the server's own default holds, or there is no choice.
///
/// # Errors
/// The version cannot share a store, or the store cannot be shared, or there is no such store.
pub fn choose(
    versions: &Versions,
    version: &Version,
    asked: Option<&str>,
    instances: u8,
    file: &Path,
) -> Result<Option<Store>, Error> {
    if !versions.has(version, SHARED_STORE) {
        return match asked.is_some() || instances > 1 {
            true => Err(no_choice(versions, version)),
            false => Ok(None),
        };
    }
    let given = Given::read(&versions.root);
    let set = given.get("LAB_STORE").and_then(|(value, _)| value).filter(|value| !value.is_empty());
    let (name, origin) = match (asked, set) {
        (Some(asked), _) => (judged(asked)?, Origin::Asked),
        (None, Some(set)) => (set.to_string(), Origin::Set),
        (None, None) if instances > 1 => (format!("file:{}", file.display()), Origin::Default),
        (None, None) => return Ok(None),
    };
    if name == MEMORY && instances > 1 {
        return Err(Error::request(format!(
            "{MEMORY} is one process's own, so {instances} servers cannot share it. Take --store file:PATH, or an engine: redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE."
        )));
    }
    Ok(Some(Store { name, origin }))
}

/// The error of a version without a store to choose.
fn no_choice(versions: &Versions, version: &Version) -> Error {
    let first = match versions.first_with(SHARED_STORE) {
        Some(first) => format!(
            "The first version that has a store outside is {}: cargo lab run {} --instances 2",
            first.folder, first.name
        ),
        None => "No version here has a store outside.".into(),
    };
    Error::request(format!(
        "{} keeps everything in its own memory, so --instances and --store mean nothing to it.\n{first}",
        version.folder
    ))
}

/// The store that a person typed. A file is meant from where they are, and the servers run elsewhere.
fn judged(typed: &str) -> Result<String, Error> {
    let setting = table::find("LAB_STORE").expect("LAB_STORE is in the table of settings");
    // The text is not repeated: it may hold a password.
    rules::judge(setting, typed)
        .map_err(|wrong| Error::request(format!("--store {}. {}", wrong.what, wrong.cure)))?;
    let file = typed.strip_prefix("file:").and_then(|path| std::path::absolute(path).ok());
    Ok(file.map_or_else(|| typed.into(), |path| format!("file:{}", path.display())))
}

impl Store {
    /// The setting that the servers need to hear of it. What is set already, they find where it stands.
    pub fn setting(&self) -> Option<(String, String)> {
        (self.origin != Origin::Set).then(|| ("LAB_STORE".into(), self.name.clone()))
    }

    /// What a person should know about a store that they did not choose.
    pub fn note(&self) -> Option<String> {
        (self.origin == Origin::Default).then(|| {
            format!(
                "The servers share a file, {}. For another store: --store redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE or file:PATH.",
                self.name.trim_start_matches("file:")
            )
        })
    }

    /// A secret for servers that run in `root` on this store, and what a person should know about it. None if the
    /// store ends with its server, which then makes a secret for itself.
    ///
    /// # Errors
    /// The secret of a file cannot be read or kept, or the system has no random bytes to give.
    pub fn secret(&self, root: &Path) -> Result<Option<(String, String)>, Error> {
        if self.name == MEMORY {
            return Ok(None);
        }
        if let Some(file) = self.name.strip_prefix("file:") {
            let path = secret::beside(&root.join(file));
            let note = format!(
                "JWT_SECRET is not set: the one in {} signs access tokens, in the next run, too.",
                path.display()
            );
            return Ok(Some((secret::kept(&path)?, note)));
        }
        let note =
            "JWT_SECRET is not set: a new one signs access tokens, and they end with this run.";
        Ok(Some((secret::fresh()?, note.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_store_is_judged_and_a_file_is_meant_from_here() {
        for store in [
            "memory:",
            "redis://127.0.0.1:6379",
            "postgres://lab@127.0.0.1/lab",
        ] {
            assert_eq!(judged(store).expect(store), store);
        }
        let file = judged("file:rows.redb").expect("good");
        assert!(Path::new(file.trim_start_matches("file:")).is_absolute(), "{file}");
        for bad in [
            "",
            "memory",
            "file:",
            "redis:127.0.0.1",
            "mysql://lab:hunter2@127.0.0.1/lab",
        ] {
            let message = judged(bad).expect_err(bad).to_string();
            assert!(message.starts_with("--store ") && !message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn only_a_store_that_outlives_its_server_needs_a_secret() {
        let store = |name: &str| Store {
            name: name.into(),
            origin: Origin::Asked,
        };
        assert_eq!(store(MEMORY).secret(Path::new("")).expect("nothing to do"), None);
        let (secret, note) =
            store("redis://h:1").secret(Path::new("")).expect("random bytes").expect("one");
        assert_eq!(secret.len(), 43);
        assert!(note.contains("end with this run") && !note.contains(&secret), "{note}");
    }
}
