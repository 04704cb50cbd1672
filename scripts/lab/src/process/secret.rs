//! The secret that signs access tokens, for servers that must know each other's: made once, and kept for the next run.

use std::ffi::OsString;
use std::fs;
use std::fs::{File, OpenOptions};
use std::io;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::Error;
use ::settings::jwt_secret;

/// A new secret: 32 bytes that nobody can guess, as `JWT_SECRET` wants them.
///
/// # Errors
/// The system has no random bytes to give.
pub fn fresh() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Program(format!("The system gives no random bytes: {error}.")))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The file beside `store` in which its secret is kept.
pub fn beside(store: &Path) -> PathBuf {
    let mut path = OsString::from(store);
    path.push(".jwt-secret");
    path.into()
}

/// The secret that `path` holds. The first time, a new one is put there, for the eyes of this user alone.
///
/// # Errors
/// The file cannot be read or written, or what it holds is too weak.
pub fn kept(path: &Path) -> Result<String, Error> {
    match fs::read_to_string(path) {
        Ok(text) => judged(path, text.trim()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = fresh()?;
            let written = create(path).and_then(|mut file| writeln!(file, "{secret}"));
            written.map_err(|error| Error::file("keep the secret in", path, error))?;
            Ok(secret)
        }
        Err(error) => Err(Error::file("read", path, error)),
    }
}

fn judged(path: &Path, secret: &str) -> Result<String, Error> {
    match jwt_secret::judge(secret) {
        Ok(_) => Ok(secret.into()),
        Err(wrong) => Err(Error::Content {
            place: path.display().to_string(),
            what: format!("The secret {}. Remove the file: a new one is then made.", wrong.what),
        }),
    }
}

/// Creates the file. One that is there already, or a link in its place, is somebody else's and stays as it is.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_good_for_the_servers() {
        let folder = std::env::temp_dir().join(format!("lab-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = beside(&folder.join("rows.redb"));
        assert!(path.ends_with("rows.redb.jwt-secret"), "{}", path.display());
        let secret = kept(&path).expect("it can be made");
        assert_eq!(jwt_secret::judge(&secret).expect("good").len(), 32);
        assert_eq!(kept(&path).expect("it is there"), secret);
        assert_ne!(fresh().expect("random bytes"), secret);
        #[cfg(unix)]
        {
            let mode = fs::metadata(&path).expect("it is there").permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
        }
        fs::write(&path, "short").expect("it can be written");
        let message = kept(&path).expect_err("too short").to_string();
        assert!(message.contains("Remove the file") && !message.contains("short."), "{message}");
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
