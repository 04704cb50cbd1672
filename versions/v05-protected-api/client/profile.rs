//! `GET /profile`: asks the API who the user is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;
use web::shorten;

use crate::api;
use crate::store::App;

pub async fn get(State(app): State<App>, session: Session) -> Result<Response, Response> {
    let login = session.get("login").await.unwrap_or_default();
    let Some(tokens) = app.tokens.get(&login) else {
        return Ok(Redirect::to("/").into_response());
    };
    let access_token = tokens.access_token;
    let answer = api::me(&app, &access_token).await?;
    let status = match answer.status {
        StatusCode::OK => StatusCode::OK,
        _ => StatusCode::BAD_GATEWAY,
    };
    let context = context! {
        access_token => shorten(&access_token),
        status => answer.status.to_string(),
        good => answer.status == StatusCode::OK,
        challenge => answer.challenge,
        body => answer.body,
    };
    Ok((status, page("profile.html", context)).into_response())
}
