//! The token response, and the last step of every grant (RFC 6749 §5.1).

use serde::Serialize;
use web::Moment;
use web::random_token;

use crate::jwt::Claims;
use crate::jwt::audience;
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
    let now = Moment::now();
    let expires_at = grant.expires_at;
    let claims = Claims {
        iss: app.settings.auth_server_url.clone(),
        sub: grant.user_id.to_string(),
        aud: audience(&app.settings),
        client_id: grant.client_id.to_string(),
        iat: now.seconds(),
        exp: expires_at.seconds(),
        jti: random_token(),
    };
    let row = AccessToken {
        user_id: grant.user_id.clone(),
        client_id: grant.client_id.clone(),
        expires_at,
        grant_id: grant_id.to_string(),
    };
    app.access_tokens.insert(&claims.jti, row, expires_at.time());
    TokenResponse {
        access_token: app.keys.sign(&claims),
        token_type: "Bearer",
        expires_in: app.settings.ttl_access.as_secs(),
    }
}
