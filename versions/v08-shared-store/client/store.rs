//! What the client remembers.

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Once;
use web::Settings;
use web::Turns;

use crate::purpose::Purpose;

/// Everything that the handlers share.
pub struct App {
    pub settings: Settings,
    pub pending: Table<Pending>,
    pub tokens: Table<Tokens>,
    pub http: reqwest::Client,
}

/// How an exchange ends: with the key of the new login, or not.
pub type Outcome = Result<String, Failure>;

/// Why there is no token.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The server's error code, if it refused.
    pub error: String,
    /// A sentence for the page.
    pub what: String,
}

/// An authorization request that waits for its response. Its key is the `state`.
#[derive(Clone, Serialize)]
pub struct Pending {
    /// The browser that started it: the random key in that browser's session.
    pub browser: String,
    pub created_at: Moment,
    /// When the response came. The row stays, so that a second response is recognised.
    pub answered_at: Option<Moment>,
    pub code_verifier: String,
    /// The SHA-256 of the code that came: enough to recognise the same response when it comes again.
    pub code_hash: String,
    /// The key of the new login, once the code has been exchanged.
    #[serde(skip)]
    pub outcome: Once<Outcome>,
    /// What was asked for, and where the browser goes afterwards.
    pub purpose: Purpose,
}

/// The tokens of one login. Its key is the random key in the browser's session.
#[derive(Clone, Serialize)]
pub struct Tokens {
    pub access_token: String,
    pub token_type: String,
    /// Seconds, as the server said them.
    pub expires_in: Option<u64>,
    pub received_at: Moment,
    /// What happened since the last page, told once.
    pub news: Option<&'static str>,
    /// Whose token it is, as far as the API has said so.
    pub user_id: Option<String>,
    /// The token no longer works, and nothing can renew it.
    pub ended: bool,
    pub refresh_token: Option<String>,
    /// The newest refresh tokens of this login, the current one first, so that the page can list them.
    pub received_refresh_tokens: Vec<String>,
    /// Held while a refresh is under way: a second one would use the same token twice.
    #[serde(skip)]
    pub refreshing: Turns,
    /// What this client asked for.
    pub asked: &'static str,
    /// What it got, if the server said so.
    pub scope: Option<String>,
}

impl Tokens {
    /// What the token may do. A server that does not say means all that was asked for (RFC 6749 §5.1).
    pub fn scope(&self) -> &str {
        self.scope.as_deref().unwrap_or(self.asked)
    }
}

impl App {
    /// Empty tables.
    pub fn new(settings: Settings) -> App {
        App {
            pending: Table::new(settings.max_rows),
            tokens: Table::new(settings.max_rows),
            http: back_channel::client(),
            settings,
        }
    }
}
