//! `GET /`: where the flow starts, and where it ends.

use axum::extract::State;
use axum::response::Response;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use serde_json::Value;
use web::Context;
use web::Session;
use web::answers;
use web::context;
use web::page;
use web::shorten;

use crate::store::App;
use crate::store::Tokens;

pub async fn get(State(app): State<App>, session: Session) -> Response {
    let server_answers = answers(&app.settings.auth_server_url).await;
    let login = session.get("login").await;
    let tokens = login.and_then(|login| app.tokens.get(&login));
    let token = tokens.as_ref().map(describe);
    page("home.html", context! { server_answers, token })
}

/// What the page shows of a token response. The token itself is shortened: whoever has it can use it.
fn describe(tokens: &Tokens) -> Context {
    let mut parts = tokens.access_token.split('.');
    context! {
        access_token => shorten(&tokens.access_token),
        token_type => &tokens.token_type,
        expires_in => tokens.expires_in,
        received_at => tokens.received_at.to_string(),
        header => parts.next().and_then(decoded),
        claims => parts.next().and_then(decoded),
    }
}

/// One part of a JWT as text, to look at. Nothing is verified: for a client an access token is opaque.
fn decoded(part: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    let json: Value = serde_json::from_slice(&bytes).ok()?;
    Some(format!("{json:#}"))
}
