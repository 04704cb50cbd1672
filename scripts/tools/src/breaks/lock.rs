//! One `lab break` at a time: two in the same scratch copy would judge each other's patches.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use lab::error::Error;

/// How long another process may take to show that it lives.
const PATIENCE: Duration = Duration::from_millis(300);

/// Held as long as the scratch copy is used.
///
/// The holder listens on a port and writes its number into a file. A number at which nobody listens was left by a
/// process that was killed.
#[derive(Debug)]
pub struct Lock {
    _listener: TcpListener,
}

impl Lock {
    /// Takes the lock in `folder`.
    ///
    /// # Errors
    /// Somebody else holds it, or the file cannot be written.
    pub fn take(folder: &Path) -> Result<Lock, Error> {
        let file = folder.join("in-use-by-port");
        let other = fs::read_to_string(&file).ok().and_then(|port| port.trim().parse().ok());
        if other.is_some_and(is_alive) {
            return Err(Error::request(
                "Another `cargo lab break` is at work in this workspace. Wait for it, then try again.",
            ));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .map_err(|error| Error::file("lock", &file, error))?;
        let port = listener.local_addr().map_err(|error| Error::file("lock", &file, error))?.port();
        fs::write(&file, port.to_string()).map_err(|error| Error::file("write", &file, error))?;
        Ok(Lock {
            _listener: listener,
        })
    }
}

fn is_alive(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, PATIENCE).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_waits_and_a_dead_one_does_not_count() {
        let folder = std::env::temp_dir().join(format!("lab-lock-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let first = Lock::take(&folder).expect("free");
        assert!(Lock::take(&folder).is_err_and(|error| error.to_string().contains("Another")));
        drop(first);
        assert!(Lock::take(&folder).is_ok());
        fs::remove_dir_all(&folder).expect("gone");
    }
}
