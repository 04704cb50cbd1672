//! `POST /replay`: plays the thief, and sends a refresh token that was already used.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;
use web::shorten;

use crate::origin;
use crate::params::Params;
use crate::store::App;
use crate::token;
use crate::token::Failure;

pub async fn post(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    origin::check(&app, &headers)?;
    let params = Params::parse(&body);
    let index = params.get("index").ok().flatten().and_then(|index| index.parse::<usize>().ok());
    let login = session.get("login").await.unwrap_or_default();
    let tokens = app.tokens.get(&login);
    let old = tokens.and_then(|tokens| tokens.received_refresh_tokens.get(index?).cloned());
    let Some(old) = old else {
        return Ok(Redirect::to("/").into_response());
    };
    let request = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old.as_str()),
    ];
    let error = match token::ask(&app, &request).await {
        Ok(_) => None,
        Err(Failure::Refused(error)) => Some(error),
        Err(failure) => return Err(failure.into()),
    };
    Ok(page("replay.html", context! { refresh_token => shorten(&old), error }))
}
