//! The token response, and the last step of every grant (RFC 6749 §5.1).

use serde::Serialize;
use web::Moment;
use web::random_token;

use crate::jwt::Claims;
use crate::jwt::audience;
use crate::scope::Scope;
use crate::storage::Key;
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
    pub refresh_token: String,
    /// What the access token may do. It is always said, whether or not it is what was asked for (RFC 6749 §5.1).
    pub scope: Scope,
}

/// How a request for tokens ends.
pub type Issued = Result<TokenResponse, TokenError>;

/// Issues tokens, and remembers them.
pub async fn issue(app: &App, grant_id: &str, grant: &Grant, refresh_token: String) -> Issued {
    // No token outlives the login that it belongs to.
    let now = Moment::now();
    let expires_at = now.plus(app.settings.ttl_access).min(grant.expires_at);
    let claims = Claims {
        iss: app.settings.auth_server_url.clone(),
        sub: grant.user_id.to_string(),
        aud: audience(&app.settings),
        client_id: grant.client_id.to_string(),
        iat: now.seconds(),
        exp: expires_at.seconds(),
        jti: random_token(),
        scope: grant.scope.to_string(),
    };
    let row = AccessToken {
        user_id: grant.user_id.clone(),
        client_id: grant.client_id.clone(),
        expires_at,
        grant_id: Key::from(grant_id),
        scope: grant.scope.clone(),
    };
    let key = Key::from(&claims.jti);
    app.access_tokens.insert(&key, row, expires_at.time()).await?;
    // A login has one access token: the one before it goes.
    let before = app.grants.update(grant_id, |row| row.access_token.replace(key.clone())).await?;
    if let Some(before) = before.flatten() {
        app.access_tokens.remove(&before).await?;
    }
    Ok(TokenResponse {
        access_token: app.keys.sign(&claims),
        token_type: "Bearer",
        // The clock may have moved past the end of the login since that was looked at.
        expires_in: expires_at.seconds().saturating_sub(now.seconds()),
        refresh_token: format!("{grant_id}.{refresh_token}"),
        scope: grant.scope.clone(),
    })
}
