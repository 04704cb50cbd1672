//! A server and a client of one version on free ports, with settings that nobody's `.env` can change.

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::encoding::base64url;
use crate::process::Process;
use ::settings::table::{SETTINGS, Setting};

/// Below the range from which systems pick ports for outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The binaries of a version: its server, its client, and whatever else takes part.
#[derive(Clone, Debug)]
pub struct Executables {
    /// `v03-server`.
    pub server: PathBuf,
    /// `v03-client`.
    pub client: PathBuf,
    /// Further parts of the cast, in the order in which they start: `v10-api`.
    pub others: Vec<PathBuf>,
}

impl Executables {
    /// A server and a client, and nobody else.
    pub fn pair(server: impl Into<PathBuf>, client: impl Into<PathBuf>) -> Executables {
        Executables {
            server: server.into(),
            client: client.into(),
            others: Vec::new(),
        }
    }

    /// Those of a whole cast, told apart by how their names end.
    ///
    /// # Errors
    /// There is no server or no client among them.
    pub fn of_cast(paths: impl IntoIterator<Item = PathBuf>) -> Result<Executables, String> {
        let (mut server, mut client, mut others) = (None, None, Vec::new());
        for path in paths {
            match part(&path) {
                "server" => server = Some(path),
                "client" => client = Some(path),
                _ => others.push(path),
            }
        }
        match (server, client) {
            (Some(server), Some(client)) => Ok(Executables {
                server,
                client,
                others,
            }),
            _ => Err("a cast needs a binary …-server and a binary …-client".to_owned()),
        }
    }

    /// Puts another program in the place of the one that plays the same part.
    pub fn replace(&mut self, path: PathBuf) {
        let same = |known: &&mut PathBuf| part(known) == part(&path);
        let all = [&mut self.server, &mut self.client].into_iter().chain(&mut self.others);
        if let Some(known) = all.into_iter().find(same) {
            *known = path;
        }
    }

    /// All of them.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.server, &self.client].into_iter().chain(&self.others)
    }

    /// What the pair calls itself on its pages: `v03` of `v03-server`, `workbench` of `workbench-server`.
    pub fn name(&self) -> Option<&str> {
        self.server.file_stem()?.to_str()?.strip_suffix("-server")
    }
}

/// The part that a binary plays: `api` of `v10-api`.
fn part(path: &Path) -> &str {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem.rsplit_once('-').map_or(stem, |(_, part)| part)
}

/// A running server and client that know each other.
#[derive(Debug)]
pub struct Pair {
    /// The authorization server.
    pub server: Process,
    /// The client.
    pub client: Process,
    /// The other parts of the cast.
    pub others: Vec<Process>,
    /// What all were started with.
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
        let mut last = String::new();
        // Another process may take a port between our look and the start: then we look again.
        for _ in 0..8 {
            let (server, client) = (free_port()?, free_port()?);
            match Pair::at(executables, [server, client], changed).await {
                Ok(pair) => return Ok(pair),
                Err(trouble) => last = trouble,
            }
        }
        Err(last)
    }

    /// Starts server and client on these ports, and the rest of the cast on free ones.
    ///
    /// # Errors
    /// What the program said that did not start.
    pub async fn at(
        executables: &Executables,
        [server_port, client_port]: [u16; 2],
        changed: &[(&str, &str)],
    ) -> Result<Pair, String> {
        let jwt_secret = rand::random::<[u8; 32]>().to_vec();
        let mut settings = settings(server_port, client_port, &jwt_secret);
        let mut others = Vec::new();
        for path in &executables.others {
            let (name, port) = (part(path).to_uppercase(), free_port()?);
            let url = format!("http://localhost:{port}");
            let places = [
                (format!("{name}_PORT"), port.to_string()),
                (format!("{name}_URL"), url.clone()),
            ];
            settings.retain(|setting| places.iter().all(|place| place.0 != setting.0));
            settings.extend(places);
            others.push((path, url));
        }
        change(&mut settings, changed);
        let [server_url, client_url] =
            [server_port, client_port].map(|port| format!("http://localhost:{port}"));
        let (server, client) = tokio::join!(
            Process::start(&executables.server, &settings, &server_url),
            Process::start(&executables.client, &settings, &client_url),
        );
        let mut started = Vec::new();
        for (path, url) in others {
            started.push(Process::start(path, &settings, &url).await?);
        }
        Ok(Pair {
            server: server?,
            client: client?,
            others: started,
            settings,
            jwt_secret,
        })
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

/// Every setting of the lab, said explicitly: its default, but for ports, addresses and the secret.
pub fn settings(server_port: u16, client_port: u16, jwt_secret: &[u8]) -> Vec<(String, String)> {
    let value = |setting: &Setting| match setting.name {
        "AUTH_SERVER_PORT" => server_port.to_string(),
        "CLIENT_APP_PORT" => client_port.to_string(),
        "AUTH_SERVER_URL" => format!("http://localhost:{server_port}"),
        "CLIENT_APP_URL" => format!("http://localhost:{client_port}"),
        "REDIRECT_URI" => format!("http://localhost:{client_port}/callback"),
        "JWT_SECRET" => base64url(jwt_secret),
        _ => setting.default.to_owned(),
    };
    SETTINGS.iter().map(|setting| (setting.name.to_owned(), value(setting))).collect()
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
