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

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Result<Redirect, Response> {
    let login = session.browser().await;
    if let Some(tokens) = app.tokens.get(login.key()) {
        renew(&app, login.key(), tokens, "Renewed just now, as you asked.").await?;
    }
    Ok(Redirect::to("/"))
}

/// The tokens, renewed first if the access token has expired.
pub async fn if_expired(app: &Arc<App>, login: &str, tokens: Tokens) -> Result<Tokens, Response> {
    let lifetime = tokens.expires_in.map(Duration::from_secs);
    match lifetime.is_some_and(|lifetime| tokens.received_at.plus(lifetime).has_passed()) {
        true => renew(app, login, tokens, "Renewed just now: the access token had expired.").await,
        false => Ok(tokens),
    }
}

/// Renews tokens, if there is a refresh token. A login that is over leads home.
///
/// It runs to its end even if the browser goes away: the server has already replaced the refresh token by then,
/// and an answer that is not kept would be a login that is lost.
pub async fn renew(
    app: &Arc<App>,
    login: &str,
    stale: Tokens,
    why: &'static str,
) -> Result<Tokens, Response> {
    let (all, login) = (app.clone(), login.to_string());
    let task = tokio::spawn(async move {
        // One refresh at a time: two tabs with the same refresh token would look like a thief and an owner.
        let _one = stale.refreshing.lock().await;
        let current = all.tokens.get(&login);
        if let Some(current) = current.filter(|row| row.access_token == stale.access_token) {
            refresh(&all, &login, current.refresh_token, why).await?;
        }
        Ok(all.tokens.get(&login).filter(|row| !row.ended))
    });
    let renewed = task.await.unwrap_or_else(|error| Err(Failure::new(error)))?;
    renewed.ok_or(Redirect::to("/").into_response())
}

async fn refresh(
    app: &App,
    login: &str,
    refresh_token: Option<String>,
    why: &'static str,
) -> Result<(), Failure> {
    let Some(refresh_token) = refresh_token else {
        return Ok(());
    };
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &refresh_token),
    ];
    let new = match token::ask(app, &request).await {
        // The refresh token will never work again, so the login is over. Any other failure may pass.
        Err(failure) if failure.error == "invalid_grant" => {
            app.tokens.update(login, |row| row.ended = true);
            return Ok(());
        }
        answer => answer?,
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
    Ok(())
}
