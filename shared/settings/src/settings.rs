//! What a process needs to know before it starts.

use std::path::Path;
use std::time::Duration;

use crate::given::Given;

/// What can be set from outside, read and judged. `.env.example` explains each one.
///
/// Three of them are secrets, so there is no `Debug` that could print them.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Port of the authorization server (`AUTH_SERVER_PORT`).
    pub auth_server_port: u16,
    /// Port of the client (`CLIENT_APP_PORT`).
    pub client_app_port: u16,
    /// Where browsers and the client reach the authorization server, without a slash at the end (`AUTH_SERVER_URL`).
    pub auth_server_url: String,
    /// Where browsers reach the client, without a slash at the end (`CLIENT_APP_URL`).
    pub client_app_url: String,
    /// `client_app_url` as browsers write it into `Origin`: the host in lower case, no `:80` (RFC 6454 §6.2).
    pub client_app_origin: String,
    /// The client's name at the server (`CLIENT_ID`).
    pub client_id: String,
    /// The secret that the client and the server share (`CLIENT_SECRET`).
    pub client_secret: String,
    /// The client's redirect URI, registered at the server (`REDIRECT_URI`).
    pub redirect_uri: String,
    /// Lifetime of an authorization code (`LAB_TTL_CODE`).
    pub ttl_code: Duration,
    /// Lifetime of an access token (`LAB_TTL_ACCESS`).
    pub ttl_access: Duration,
    /// Lifetime of a login that is refreshed, from its beginning on (`LAB_TTL_REFRESH`).
    pub ttl_refresh: Duration,
    /// How long a refresh token may lie unused (`LAB_TTL_REFRESH_IDLE`).
    pub ttl_refresh_idle: Duration,
    /// How long an authorization request waits for the login (`LAB_TTL_PENDING`).
    pub ttl_pending: Duration,
    /// How long the client waits for the answer to its request (`LAB_TTL_STATE`).
    pub ttl_state: Duration,
    /// The bound of each table, in rows (`LAB_MAX_ROWS`).
    pub max_rows: usize,
    /// The secret that signs access tokens, decoded (`JWT_SECRET`). Without one, the server makes one at its start.
    pub jwt_secret: Option<Vec<u8>>,
    /// Whether `/debug/*` answers (`LAB_DEBUG`).
    pub debug: bool,
    /// How long the header of a request may take (`LAB_TIMEOUT_HEADER`).
    pub timeout_header: Duration,
    /// How long the body of a request may take (`LAB_TIMEOUT_BODY`).
    pub timeout_body: Duration,
    /// How long a connection may stay open without a request (`LAB_TIMEOUT_IDLE`).
    pub timeout_idle: Duration,
    /// The most connections of a process (`LAB_MAX_CONNECTIONS`).
    pub max_connections: usize,
    /// Where the server keeps what it remembers (`LAB_STORE`). It may hold a password.
    pub store: String,
}

impl Settings {
    /// Reads the environment, and `.env` in the workspace's root for what the environment does not set.
    ///
    /// # Errors
    /// A sentence for each setting that is refused: its name, where it stands, why, and what to do.
    pub fn read() -> Result<Settings, String> {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        Given::read(root).settings().map_err(|refusals| {
            refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })
    }
}

impl Default for Settings {
    /// Every setting at its default.
    fn default() -> Settings {
        crate::Given::default().judge().0
    }
}
