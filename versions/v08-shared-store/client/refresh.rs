//! Renewing the access token without the user noticing (RFC 6749 §6), and `POST /refresh`, which does it at once.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;

use crate::store::App;
use crate::store::Failure;
use crate::store::Tokens;
use crate::token;

/// How many refresh tokens the page lists.
const LISTED: usize = 10;

/// Tokens that work, or the page that says why there are none.
type Renewed = Result<Tokens, Response>;

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Result<Redirect, Response> {
    let login = session.browser().await;
    if let Some(tokens) = app.tokens.get(login.key()) {
        renew(&app, login.key(), tokens, "Renewed, as you asked.").await?;
    }
    Ok(Redirect::to("/"))
}

/// The tokens, renewed first if the access token has expired.
pub async fn if_expired(app: &Arc<App>, login: &str, tokens: Tokens) -> Renewed {
    let lifetime = tokens.expires_in.map(Duration::from_secs);
    match lifetime.is_some_and(|lifetime| tokens.received_at.plus(lifetime).has_passed()) {
        true => renew(app, login, tokens, "Renewed: the access token had expired.").await,
        false => Ok(tokens),
    }
}

/// Renews tokens, unless somebody else just has. A login that is over leads home.
///
/// It runs to its end even if the browser goes away: the server has already replaced the refresh token by then,
/// and an answer that is not kept would be a login that is lost.
pub async fn renew(app: &Arc<App>, login: &str, stale: Tokens, why: &'static str) -> Renewed {
    let (app, login, turns) = (app.clone(), login.to_string(), stale.refreshing.clone());
    // One refresh at a time: two tabs with the same refresh token would look like a thief and an owner.
    let renewed = turns.run(async move {
        let current = app.tokens.get(&login).filter(|row| row.access_token == stale.access_token);
        if let Some(refresh_token) = current.and_then(|row| row.refresh_token) {
            refresh(&app, &login, &refresh_token, why).await?;
        }
        Ok::<_, Failure>(app.tokens.get(&login).filter(|row| !row.ended))
    });
    renewed.await?.ok_or(Redirect::to("/").into_response())
}

async fn refresh(app: &App, login: &str, token: &str, why: &'static str) -> Result<(), Failure> {
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
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
        row.scope = new.scope.clone().or(row.scope.take());
        // A server that does not rotate sends none or the same, and the old one stays good (RFC 6749 §6).
        let fresh = new.refresh_token.clone().filter(|new| Some(new) != row.refresh_token.as_ref());
        row.received_refresh_tokens.splice(0..0, fresh.clone());
        row.received_refresh_tokens.truncate(LISTED);
        row.refresh_token = fresh.or(row.refresh_token.take());
    });
    Ok(())
}
