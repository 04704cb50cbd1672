//! The running played server: sockets, script and record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use super::endpoints::answer;
use super::grants::{Grants, Registration};
use super::heard::Heard;
use super::http::read_request;
use super::listen::bind;
use super::script::{Reply, Script};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A silent peer is let go after this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// An authorization server that plays a [`Script`]. It stops when dropped.
pub struct PlayServer {
    port: u16,
    shared: Arc<Mutex<Shared>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    script: Script,
    known: Registration,
    grants: Grants,
    heard: Vec<Heard>,
}

impl PlayServer {
    /// Listens on 127.0.0.1 and ::1, on `port` or, if that is 0, on a free one.
    ///
    /// # Errors
    /// The port is taken on either family. A machine without ::1 is fine.
    pub async fn start(port: u16, known: Registration) -> io::Result<Self> {
        let (port, listeners) = bind(port).await?;
        let shared = Shared {
            script: Script::default(),
            known,
            grants: Grants::default(),
            heard: Vec::new(),
        };
        let server = Self {
            port,
            shared: Arc::new(Mutex::new(shared)),
            tasks: Mutex::default(),
        };
        server.run(listeners);
        Ok(server)
    }

    /// Stops listening, as a server that is down. Script and record stay.
    pub fn close(&self) {
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
    }

    /// Listens again at the same address; does nothing if it never stopped.
    ///
    /// # Errors
    /// Somebody else took the port meanwhile.
    pub async fn open(&self) -> io::Result<()> {
        if lock(&self.tasks).is_empty() {
            let (_, listeners) = bind(self.port).await?;
            self.run(listeners);
        }
        Ok(())
    }

    fn run(&self, listeners: Vec<TcpListener>) {
        let tasks = listeners
            .into_iter()
            .map(|listener| tokio::spawn(serve(listener, self.shared.clone())));
        lock(&self.tasks).extend(tasks);
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL to give to a client as `AUTH_SERVER_URL`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Changes the script: `play.script(|script| script.expires_in = Some(1))`.
    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.lock().script);
    }

    /// Forgets script, record and everything issued: a new scene.
    pub fn reset(&self) {
        let mut shared = self.lock();
        shared.script = Script::default();
        shared.grants = Grants::default();
        shared.heard.clear();
    }

    /// All requests so far, oldest first.
    pub fn heard(&self) -> Vec<Heard> {
        self.lock().heard.clone()
    }

    /// The requests to one path, oldest first.
    pub fn heard_at(&self, path: &str) -> Vec<Heard> {
        self.heard().into_iter().filter(|request| request.path == path).collect()
    }

    /// The token requests of one `grant_type`, oldest first.
    pub fn grants(&self, grant_type: &str) -> Vec<Heard> {
        let is_wanted = |request: &Heard| request.form("grant_type") == Some(grant_type);
        self.heard_at("/token").into_iter().filter(is_wanted).collect()
    }

    /// Revokes every access token; refresh tokens live on.
    pub fn revoke_access_tokens(&self) {
        self.lock().grants.revoke_access_tokens();
    }

    /// Revokes access and refresh tokens: the user withdrew the grant.
    pub fn revoke_all(&self) {
        self.lock().grants.revoke_all();
    }

    /// How often a refresh token was presented that had been used before.
    pub fn reused(&self) -> u32 {
        self.lock().grants.reused()
    }

    /// Every access and refresh token that was ever issued.
    pub fn issued(&self) -> Vec<String> {
        self.lock().grants.issued().to_vec()
    }

    /// Who `/api/me` says that the user is.
    pub fn username(&self) -> String {
        self.lock().script.username.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl fmt::Debug for PlayServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PlayServer({})", self.url())
    }
}

impl Drop for PlayServer {
    fn drop(&mut self) {
        self.close();
    }
}

/// A panic elsewhere must not turn into a second one here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    // Connections end with the server: a set of tasks aborts its members when dropped.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(converse(stream, shared.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, one request.
async fn converse(mut stream: TcpStream, shared: Arc<Mutex<Shared>>) {
    let Ok(Some(raw)) = tokio::time::timeout(PATIENCE, read_request(&mut stream)).await else {
        return;
    };
    let request = Heard::new(raw);
    let (reply, delay) = {
        let mut guard = lock(&shared);
        let Shared {
            script,
            known,
            grants,
            heard,
        } = &mut *guard;
        let reply = answer(&request, script, known, grants);
        let delay = match request.path.as_str() {
            "/token" => script.token_delay,
            "/api/me" => script.api_delay,
            _ => Duration::ZERO,
        };
        heard.push(request);
        (reply, delay)
    };
    tokio::time::sleep(delay).await;
    let bytes = match reply {
        Reply::Always(response) => response.to_bytes(),
        Reply::Bytes(bytes) => bytes,
        Reply::HangUp | Reply::Judge => return,
    };
    // The peer may have gone meanwhile: that is its affair.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}
