//! `GET /profile`: asks the API who the user is.

use std::sync::Arc;

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
use crate::refresh;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Result<Response, Response> {
    let login = session.get("browser").await.unwrap_or_default();
    let Some(tokens) = app.tokens.get(&login).filter(|tokens| !tokens.ended) else {
        return Ok(Redirect::to("/").into_response());
    };
    let mut tokens = refresh::if_expired(&app, &login, tokens).await?;
    let mut answer =
        api::me(&app, &tokens.access_token).await.map_err(IntoResponse::into_response)?;
    // The server knows better than our clock: a refused token is renewed once.
    if answer.status == StatusCode::UNAUTHORIZED && tokens.refresh_token.is_some() {
        tokens = refresh::renew(&app, &login, &tokens.access_token, refresh::REFUSED).await?;
        answer = api::me(&app, &tokens.access_token).await.map_err(IntoResponse::into_response)?;
    }
    let good = answer.status == StatusCode::OK;
    let refused = answer.status == StatusCode::UNAUTHORIZED;
    let user_id = answer.body["sub"].as_str().filter(|_| good).map(String::from);
    let news = app.tokens.update(&login, |row| {
        row.ended = refused;
        row.user_id = user_id.clone().or(row.user_id.take());
        row.news.take()
    });
    let context = context! {
        news => news.flatten(),
        user_id,
        access_token => shorten(&tokens.access_token),
        status => answer.status.to_string(),
        good,
        refused,
        challenges => answer.challenges,
        body => format!("{:#}", answer.body),
    };
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::BAD_GATEWAY
    };
    Ok((status, page("profile.html", context)).into_response())
}
