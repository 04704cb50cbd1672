//! Renewing the access token without the user noticing (RFC 6749 §6), and `POST /refresh`, which does it at once.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;

use crate::store::App;
use crate::store::Tokens;
use crate::token;
use crate::token::Failure;

/// How many refresh tokens the page lists.
const LISTED: usize = 10;

/// Why the tokens were renewed, as the next page tells it.
const EXPIRED: &str =
    "The access token had expired, so this client renewed it just now, without you.";
pub const REFUSED: &str = "The API refused the access token, so this client renewed it just now.";
const ASKED: &str = "You asked for it: this client renewed the access token just now.";

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Result<Redirect, Response> {
    let login = session.get("browser").await.unwrap_or_default();
    if let Some(tokens) = app.tokens.get(&login).filter(|tokens| tokens.refresh_token.is_some()) {
        renew(&app, &login, &tokens.access_token, ASKED).await?;
    }
    Ok(Redirect::to("/"))
}

/// The tokens, renewed first if the access token has expired and there is something to renew it with.
pub async fn if_expired(app: &Arc<App>, login: &str, tokens: Tokens) -> Result<Tokens, Response> {
    let lifetime = tokens.expires_in.map(Duration::from_secs);
    let expired = lifetime.is_some_and(|lifetime| tokens.received_at.plus(lifetime).has_passed());
    match expired && tokens.refresh_token.is_some() {
        true => renew(app, login, &tokens.access_token, EXPIRED).await,
        false => Ok(tokens),
    }
}

/// Renews the tokens of this login, unless somebody else replaced `stale` while we waited.
///
/// It runs to its end even if the browser goes away: the server has already replaced the refresh token by then,
/// and an answer that is not kept would be a login that is lost. If the login is over, it leads home.
pub async fn renew(
    app: &Arc<App>,
    login: &str,
    stale: &str,
    why: &'static str,
) -> Result<Tokens, Response> {
    let (app, login, stale) = (app.clone(), login.to_string(), stale.to_string());
    let renewal = tokio::spawn(async move { renew_once(&app, &login, &stale, why).await });
    renewal.await.unwrap_or(Err(Failure::Unreachable)).map_err(|failure| match failure {
        Failure::LoggedOut => Redirect::to("/").into_response(),
        failure => failure.into_response(),
    })
}

async fn renew_once(
    app: &App,
    login: &str,
    stale: &str,
    why: &'static str,
) -> Result<Tokens, Failure> {
    let tokens = || app.tokens.get(login).filter(|tokens| !tokens.ended).ok_or(Failure::LoggedOut);
    // One refresh at a time: two tabs with the same refresh token would look like a thief and an owner.
    let refreshing = tokens()?.refreshing;
    let _one = refreshing.lock().await;
    let old = tokens()?;
    let Some(refresh_token) = old.refresh_token.clone().filter(|_| old.access_token == stale)
    else {
        return Ok(old);
    };
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.as_str()),
    ];
    let new = match token::ask(app, &request).await {
        Ok(new) => new,
        // The refresh token will never work again, so the login is over. Anything else may pass (RFC 6749 §5.2).
        Err(Failure::Refused(error)) if error == "invalid_grant" => {
            app.tokens.update(login, |row| row.ended = true);
            return Err(Failure::LoggedOut);
        }
        Err(failure) => return Err(failure),
    };
    // Kept before it is used: from here on the old one is dead.
    app.tokens.update(login, |row| {
        row.access_token = new.access_token.clone();
        row.expires_in = new.expires_in;
        row.received_at = new.received_at;
        row.news = Some(why);
        // A server that does not rotate sends none, and the old one stays good (RFC 6749 §6).
        if let Some(refresh_token) = &new.refresh_token {
            row.received_refresh_tokens.insert(0, refresh_token.clone());
            row.received_refresh_tokens.truncate(LISTED);
            row.refresh_token = Some(refresh_token.clone());
        }
    });
    tokens()
}
