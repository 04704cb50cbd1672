//! What the client remembers.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

/// How long tokens are kept for a browser: as long as its session.
pub const KEEP_TOKENS: Duration = Duration::from_secs(12 * 60 * 60);

/// Everything that the handlers share. Clones share the same tables.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    pub pending: Table<Pending>,
    pub http: reqwest::Client,
    pub tokens: Table<Tokens>,
}

/// An authorization request that waits for its answer. Its key is the `state`.
#[derive(Clone, Serialize)]
pub struct Pending {
    /// The browser that started it: the random key in that browser's session.
    pub browser: String,
    pub created_at: Moment,
    pub code_verifier: String,
}

/// The tokens of one login. Its key is the random `login` key in the browser's session.
#[derive(Clone, Serialize)]
pub struct Tokens {
    pub access_token: String,
    pub token_type: String,
    /// Seconds, as the server said them.
    pub expires_in: Option<u64>,
    pub received_at: Moment,
}

impl App {
    /// Empty tables. The error is a sentence on what keeps the client from starting.
    pub fn new(settings: Settings) -> Result<App, String> {
        let http = reqwest::Client::builder()
            // Both processes are on this machine; a proxy from the environment must not get our secrets.
            .no_proxy()
            // An answer of the token endpoint is no redirect; following one would carry secrets elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| format!("no HTTP client: {error}"))?;
        Ok(App {
            pending: Table::new(settings.max_rows),
            http,
            tokens: Table::new(settings.max_rows),
            settings: Arc::new(settings),
        })
    }
}
