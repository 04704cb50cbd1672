//! A server and a client of one version on free ports, with settings that nobody's `.env` can change.

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::encoding::base64url;
use crate::process::Process;

/// Below the range from which systems pick ports for outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The two binaries of a version.
#[derive(Clone, Debug)]
pub struct Executables {
    /// `v03-server`.
    pub server: PathBuf,
    /// `v03-client`.
    pub client: PathBuf,
}

impl Executables {
    /// What the pair calls itself on its pages: `v03` of `v03-server`, `workbench` of `workbench-server`.
    pub fn name(&self) -> Option<&str> {
        self.server.file_stem()?.to_str()?.strip_suffix("-server")
    }
}

/// A running server and client that know each other.
#[derive(Debug)]
pub struct Pair {
    /// The authorization server.
    pub server: Process,
    /// The client.
    pub client: Process,
    /// What both were started with.
    pub settings: Vec<(String, String)>,
    /// The secret that signs access tokens, random for each pair.
    pub jwt_secret: Vec<u8>,
}

impl Pair {
    /// Starts both; `changed` overrides settings of [`settings`] by name.
    ///
    /// # Errors
    /// What the program said that did not start.
    pub async fn start(
        executables: &Executables,
        changed: &[(&str, &str)],
    ) -> Result<Pair, String> {
        let jwt_secret = rand::random::<[u8; 32]>().to_vec();
        let mut last = String::new();
        // Another process may take a port between our look and the start: then we look again.
        for _ in 0..8 {
            let (server_port, client_port) = (free_port()?, free_port()?);
            let mut settings = settings(server_port, client_port, &jwt_secret);
            change(&mut settings, changed);
            let [server_url, client_url] =
                [server_port, client_port].map(|port| format!("http://localhost:{port}"));
            let both = tokio::join!(
                Process::start(&executables.server, &settings, &server_url),
                Process::start(&executables.client, &settings, &client_url),
            );
            match both {
                (Ok(server), Ok(client)) => {
                    return Ok(Pair {
                        server,
                        client,
                        settings,
                        jwt_secret,
                    });
                }
                (Err(trouble), _) | (_, Err(trouble)) => last = trouble,
            }
        }
        Err(last)
    }

    /// The redirect URI of demo-client.
    pub fn redirect_uri(&self) -> String {
        let found = self.settings.iter().find(|setting| setting.0 == "REDIRECT_URI");
        found.map(|setting| setting.1.clone()).unwrap_or_default()
    }
}

/// Overrides settings by name; a new name is added.
pub fn change(settings: &mut Vec<(String, String)>, changed: &[(&str, &str)]) {
    for (name, value) in changed {
        settings.retain(|setting| setting.0 != *name);
        settings.push(((*name).to_owned(), (*value).to_owned()));
    }
}

/// Every setting of the lab, said explicitly, at its default.
pub fn settings(server_port: u16, client_port: u16, jwt_secret: &[u8]) -> Vec<(String, String)> {
    let pairs: [(&str, String); 20] = [
        ("AUTH_SERVER_PORT", server_port.to_string()),
        ("CLIENT_APP_PORT", client_port.to_string()),
        ("AUTH_SERVER_URL", format!("http://localhost:{server_port}")),
        ("CLIENT_APP_URL", format!("http://localhost:{client_port}")),
        ("CLIENT_ID", "demo-client".to_owned()),
        ("CLIENT_SECRET", "demo-secret".to_owned()),
        ("REDIRECT_URI", format!("http://localhost:{client_port}/callback")),
        ("LAB_TTL_CODE", "300".to_owned()),
        ("LAB_TTL_ACCESS", "1800".to_owned()),
        ("LAB_TTL_REFRESH", "604800".to_owned()),
        ("LAB_TTL_REFRESH_IDLE", "86400".to_owned()),
        ("LAB_TTL_PENDING", "600".to_owned()),
        ("LAB_TTL_STATE", "600".to_owned()),
        ("LAB_MAX_ROWS", "10000".to_owned()),
        ("LAB_TIMEOUT_HEADER", "10".to_owned()),
        ("LAB_TIMEOUT_BODY", "10".to_owned()),
        ("LAB_TIMEOUT_IDLE", "75".to_owned()),
        ("LAB_MAX_CONNECTIONS", "512".to_owned()),
        ("JWT_SECRET", base64url(jwt_secret)),
        ("LAB_DEBUG", "1".to_owned()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A port that is free on both loopback families and that this process has not handed out before.
///
/// # Errors
/// None found after many tries.
pub fn free_port() -> Result<u16, String> {
    static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    for _ in 0..500 {
        let port = rand::random_range(PORTS);
        let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
        if given.get_or_insert_default().insert(port) && is_free(port) {
            return Ok(port);
        }
    }
    Err(format!("no free port in {}..{}", PORTS.start, PORTS.end))
}

fn is_free(port: u16) -> bool {
    // A host without IPv6 has no ::1 that could be taken.
    let taken_v6 = TcpListener::bind(("::1", port))
        .is_err_and(|trouble| trouble.kind() == std::io::ErrorKind::AddrInUse);
    !taken_v6 && TcpListener::bind(("127.0.0.1", port)).is_ok()
}
