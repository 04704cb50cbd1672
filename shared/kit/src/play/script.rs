//! The script: what the played server answers, endpoint by endpoint. The default plays fair.

use std::fmt;
use std::time::Duration;

use super::http::RawResponse;

/// What the played server does until it is given another script.
#[derive(Debug, Clone)]
pub struct Script {
    /// What `/authorize` sends the browser back with.
    pub authorize: Authorize,
    /// Which `state` goes with it.
    pub state: State,
    /// What `/token` does with `grant_type=authorization_code`.
    pub code_grant: Reply,
    /// What `/token` does with `grant_type=refresh_token`.
    pub refresh_grant: Reply,
    /// How long `/token` thinks before it answers.
    pub token_delay: Duration,
    /// How long `/api/me` waits with the answer that it already has.
    pub api_delay: Duration,
    /// `expires_in` in seconds, told and true. `None`: not told, and half an hour.
    pub expires_in: Option<u64>,
    /// Members that take the place of those of a good token response; `null` takes one away.
    pub members: serde_json::Value,
    /// Whether refresh tokens are issued, and replaced.
    pub refresh_tokens: RefreshTokens,
    /// Claims of an access token shaped like a JWT. `None`: an opaque string,
    /// which is all that a client may expect (RFC 6749 §1.4).
    pub claims: Option<serde_json::Value>,
    /// What the user leaves of the scope that was asked for, told in every token response. `None`: all of it, and not told.
    pub granted: Option<String>,
    /// What `/api/me` does.
    pub api: Reply,
    /// What `/api/notes` and `/api/admin/users` do.
    pub more: Reply,
    /// The text of the one note at `/api/notes`.
    pub note: String,
    /// Who `/api/me` says that the user is.
    pub username: String,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            authorize: Authorize::Code,
            state: State::Echo,
            code_grant: Reply::Judge,
            refresh_grant: Reply::Judge,
            token_delay: Duration::ZERO,
            api_delay: Duration::ZERO,
            expires_in: Some(1800),
            members: serde_json::Value::Null,
            refresh_tokens: RefreshTokens::Never,
            claims: None,
            granted: None,
            api: Reply::Judge,
            more: Reply::Judge,
            note: "a-note-from-the-api".to_owned(),
            username: "user0".to_owned(),
        }
    }
}

/// The authorization response (RFC 6749 §4.1.2).
#[derive(Debug, Clone)]
pub enum Authorize {
    /// A code, as if the user had logged in at once.
    Code,
    /// An error (RFC 6749 §4.1.2.1), with whatever text the check wants to smuggle in.
    Error {
        /// The value of `error`.
        error: String,
        /// The value of `error_description`, if any.
        description: Option<String>,
    },
}

/// The `state` of the authorization response.
#[derive(Debug, Clone)]
pub enum State {
    /// The one that the client sent, if it sent one.
    Echo,
    /// None at all.
    Omit,
    /// This one.
    Text(String),
}

/// Whether the token response carries a `refresh_token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokens {
    /// Never.
    Never,
    /// With the code, and a new one with each refresh; the old one is dead (RFC 9700 §4.14.2).
    Rotate,
    /// With the code, none with a refresh: the client keeps the one it has (RFC 6749 §6).
    Keep,
}

/// What an endpoint does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Judge it as a good server would.
    Judge,
    /// Answer this, whatever was asked.
    Always(RawResponse),
    /// Close the connection without a word.
    HangUp,
    /// Send these bytes, which need be no HTTP, and close.
    Bytes(Vec<u8>),
}

impl Reply {
    /// An OAuth error (RFC 6749 §5.2) with this status.
    pub fn error(status: u16, error: &str) -> Self {
        let body = serde_json::json!({ "error": error }).to_string();
        Self::Always(
            RawResponse::new(status, "application/json", body).with("Cache-Control", "no-store"),
        )
    }

    /// A success that carries this JSON.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::Always(RawResponse::new(200, "application/json", body.to_string()))
    }

    /// An answer of plain text.
    pub fn text(status: u16, text: &str) -> Self {
        Self::Always(RawResponse::new(status, "text/plain; charset=utf-8", text))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Judge => out.write_str("as a good server would"),
            Reply::Always(answer) => {
                write!(out, "{} {}", answer.status, String::from_utf8_lossy(&answer.body))
            }
            Reply::HangUp => out.write_str("nothing, and closed the connection"),
            Reply::Bytes(bytes) => write!(out, "the bytes {:?}", String::from_utf8_lossy(bytes)),
        }
    }
}
