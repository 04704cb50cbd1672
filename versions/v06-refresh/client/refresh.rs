//! Renewing the access token without the user noticing (RFC 6749 §6), and `POST /refresh`, which does it at once.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use std::time::Duration;
use web::Session;

use crate::origin;
use crate::store::App;
use crate::store::Tokens;
use crate::token;
use crate::token::Failure;

/// How many old refresh tokens the page can list.
const LISTED: usize = 10;

pub async fn post(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
) -> Result<Response, Response> {
    origin::check(&app, &headers)?;
    let login = session.get("login").await.unwrap_or_default();
    if let Some(tokens) = app.tokens.get(&login) {
        renew(&app, &login, &tokens.access_token).await?;
    }
    Ok(Redirect::to("/").into_response())
}

/// The tokens, renewed first if the access token has expired and there is something to renew it with.
pub async fn if_expired(app: &App, login: &str, tokens: Tokens) -> Result<Tokens, Failure> {
    let lifetime = tokens.expires_in.map(Duration::from_secs);
    let expired = lifetime.is_some_and(|lifetime| tokens.received_at.plus(lifetime).has_passed());
    match expired && tokens.refresh_token.is_some() {
        true => renew(app, login, &tokens.access_token).await,
        false => Ok(tokens),
    }
}

/// Renews the tokens of this login, unless somebody else replaced `stale` while we waited.
///
/// It runs to its end even if the browser goes away: the server has already replaced the refresh token by then,
/// and an answer that is not kept would be a login that is lost.
pub async fn renew(app: &App, login: &str, stale: &str) -> Result<Tokens, Failure> {
    let (app, login, stale) = (app.clone(), login.to_string(), stale.to_string());
    let renewal = tokio::spawn(async move { renew_once(&app, &login, &stale).await });
    renewal.await.unwrap_or(Err(Failure::Unreachable))
}

async fn renew_once(app: &App, login: &str, stale: &str) -> Result<Tokens, Failure> {
    let ended = || Failure::Refused("invalid_grant".to_string());
    // One refresh at a time: two tabs with the same refresh token would look like a thief and an owner.
    let refreshing = app.tokens.get(login).ok_or_else(ended)?.refreshing;
    let _one = refreshing.lock().await;
    let tokens = app.tokens.get(login).ok_or_else(ended)?;
    if tokens.access_token != stale {
        return Ok(tokens);
    }
    let refresh_token = tokens.refresh_token.ok_or_else(ended)?;
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.as_str()),
    ];
    let new = token::ask(app, &request).await?;
    // Kept before it is used: from here on the old one is dead.
    app.tokens.update(login, |row| {
        row.access_token = new.access_token;
        row.expires_in = new.expires_in;
        row.received_at = new.received_at;
        // A server that does not rotate sends none, and the old one stays good (RFC 6749 §6).
        if let Some(refresh_token) = new.refresh_token {
            row.received_refresh_tokens.insert(0, refresh_token.clone());
            row.received_refresh_tokens.truncate(LISTED);
            row.refresh_token = Some(refresh_token);
        }
    });
    app.tokens.get(login).ok_or_else(ended)
}
