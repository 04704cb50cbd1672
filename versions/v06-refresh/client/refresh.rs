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
const EXPIRED: &str = "The access token had expired, so this client renewed it just now.";
pub const REFUSED: &str = "The API refused the access token, so this client renewed it just now.";
const ASKED: &str = "This client renewed the access token just now, because you asked for it.";

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Result<Redirect, Response> {
    let login = session.browser().await;
    if let Some(tokens) = app.tokens.get(login.key()) {
        renew(&app, login.key(), tokens, ASKED).await?;
    }
    Ok(Redirect::to("/"))
}

/// The tokens, renewed first if the access token has expired.
pub async fn if_expired(app: &Arc<App>, login: &str, tokens: Tokens) -> Result<Tokens, Response> {
    let lifetime = tokens.expires_in.map(Duration::from_secs);
    match lifetime.is_some_and(|lifetime| tokens.received_at.plus(lifetime).has_passed()) {
        true => renew(app, login, tokens, EXPIRED).await,
        false => Ok(tokens),
    }
}

/// Renews tokens, if there is a refresh token and nobody else has renewed them while we waited.
///
/// It runs to its end even if the browser goes away: the server has already replaced the refresh token by then,
/// and an answer that is not kept would be a login that is lost. If the login is over, it leads home.
pub async fn renew(
    app: &Arc<App>,
    login: &str,
    stale: Tokens,
    why: &'static str,
) -> Result<Tokens, Response> {
    let (app, login) = (app.clone(), login.to_string());
    let task = tokio::spawn(async move {
        // One refresh at a time: two tabs with the same refresh token would look like a thief and an owner.
        let _one = stale.refreshing.lock().await;
        let now = app.tokens.get(&login).filter(|row| row.access_token == stale.access_token);
        match now.and_then(|row| row.refresh_token) {
            Some(refresh_token) => refresh(&app, &login, &refresh_token, why).await,
            None => Ok(()),
        }
        .map(|()| app.tokens.get(&login).filter(|row| !row.ended))
    });
    let renewed = task.await.map_err(|_| Redirect::to("/").into_response())?;
    renewed.map_err(IntoResponse::into_response)?.ok_or(Redirect::to("/").into_response())
}

async fn refresh(
    app: &App,
    login: &str,
    refresh_token: &str,
    why: &'static str,
) -> Result<(), Failure> {
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    let answer = token::ask(app, &request).await;
    // The refresh token will never work again, so the login is over. Any other failure may pass.
    if matches!(&answer, Err(Failure::Refused(error)) if error == "invalid_grant") {
        app.tokens.update(login, |row| row.ended = true);
        return Ok(());
    }
    let new = answer?;
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
    Ok(())
}
