//! The token response, and the last step of every grant (RFC 6749 §5.1).

use serde::Serialize;
use web::random_token;

use crate::store::AccessToken;
use crate::store::App;
use crate::store::Grant;
use crate::token_error::TokenError;

/// What the client gets (RFC 6749 §5.1).
#[derive(Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
}

/// How a request for tokens ends.
pub type Issued = Result<TokenResponse, TokenError>;

/// Issues tokens, and remembers them.
pub fn issue(app: &App, grant_id: &str, grant: &Grant) -> TokenResponse {
    let expires_at = grant.expires_at;
    let access_token = random_token();
    let row = AccessToken {
        user_id: grant.user_id.clone(),
        client_id: grant.client_id.clone(),
        expires_at,
        grant_id: grant_id.to_string(),
    };
    app.access_tokens.insert(&access_token, row, expires_at.time());
    TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: app.settings.ttl_access.as_secs(),
    }
}
