//! A played server at a fixed address, for a client that somebody else has started.

use std::io;
use std::sync::Arc;

use super::PlayServer;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The played server to which a foreign client points. There is one, so one check at a time has the stage.
#[derive(Clone, Debug)]
pub struct Standing {
    server: Arc<PlayServer>,
    turn: Arc<Mutex<()>>,
}

impl Standing {
    /// Puts a running played server at the disposal of the checks.
    pub fn new(server: PlayServer) -> Self {
        Standing {
            server: Arc::new(server),
            turn: Arc::default(),
        }
    }

    /// The server.
    pub fn server(&self) -> &Arc<PlayServer> {
        &self.server
    }

    /// Waits until no other check has the stage, and clears it. It is free again when the guard is dropped.
    ///
    /// # Errors
    /// An earlier check closed the played server, and somebody else took its port.
    pub async fn turn(&self) -> io::Result<OwnedMutexGuard<()>> {
        let guard = Arc::clone(&self.turn).lock_owned().await;
        self.server.open().await?;
        self.server.reset();
        Ok(guard)
    }
}
