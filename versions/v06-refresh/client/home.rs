//! `GET /`: where the flow starts, and where it ends.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use web::Context;
use web::Session;
use web::answers;
use web::context;
use web::jwt_part;
use web::page;
use web::shorten;

use crate::params::encode;
use crate::store::App;
use crate::store::Tokens;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Response {
    let server_answers = answers(&app.settings.auth_server_url).await;
    let login = session.get("browser").await.unwrap_or_default();
    let tokens = app.tokens.get(&login);
    let news = app.tokens.update(&login, |row| row.news.take()).flatten();
    let context = context! {
        server_answers,
        news,
        user_id => tokens.as_ref().and_then(|tokens| tokens.user_id.clone()),
        ended => tokens.as_ref().is_some_and(|tokens| tokens.ended),
        token => tokens.as_ref().filter(|tokens| !tokens.ended).map(describe),
        refresh => tokens.as_ref().filter(|tokens| !tokens.ended).and_then(|tokens| refresh(&app, tokens)),
    };
    page("home.html", context)
}

/// What the page shows of a token response. The token itself is shortened: whoever has it can use it.
fn describe(tokens: &Tokens) -> Context {
    context! {
        access_token => shorten(&tokens.access_token),
        token_type => &tokens.token_type,
        expires_in => tokens.expires_in,
        received_at => tokens.received_at.to_string(),
        header => jwt_part(&tokens.access_token, 0),
        claims => jwt_part(&tokens.access_token, 1),
    }
}

/// The refresh tokens of this login, and the line with which anyone replays the one before.
fn refresh(app: &App, tokens: &Tokens) -> Option<Context> {
    let settings = &app.settings;
    tokens.refresh_token.as_ref()?;
    let received = tokens.received_refresh_tokens.iter();
    let old = tokens.received_refresh_tokens.get(1).filter(|_| settings.debug);
    Some(context! {
        // Tokens of one login begin alike, so the end is what tells them apart.
        received => received.map(|token| shorten(token.rsplit('.').next().unwrap_or(token))).collect::<Vec<_>>(),
        replay => old.map(|old| format!(
            "curl -u '{}:{}' -d grant_type=refresh_token -d 'refresh_token={old}' {}/token",
            encode(&settings.client_id), encode(&settings.client_secret), settings.auth_server_url,
        )),
    })
}
