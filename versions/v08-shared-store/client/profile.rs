//! `GET /profile`: asks the API who the user is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;
use web::shorten;

use crate::api;
use crate::notes::not_allowed;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Result<Response, Response> {
    let browser = session.browser().await;
    let request = app.http.get(format!("{}/api/me", app.settings.auth_server_url));
    let (tokens, answer) = api::ask(&app, browser.key(), request).await?;
    if answer.status == StatusCode::FORBIDDEN {
        return Ok(not_allowed(&tokens, &answer, "login", "See who you are"));
    }
    let refused = answer.status == StatusCode::UNAUTHORIZED;
    let user_id = answer.body["sub"].as_str().filter(|_| answer.status == StatusCode::OK);
    let news = app.tokens.update(browser.key(), |row| {
        row.ended |= refused && row.refresh_token.is_none();
        row.user_id = user_id.map(String::from).or(row.user_id.take());
        row.news.take()
    });
    let context = context! {
        news => news.flatten(),
        user_id,
        access_token => shorten(&tokens.access_token),
        status => answer.status.to_string(),
        refused,
        challenges => answer.challenges,
        body => format!("{:#}", answer.body),
    };
    let status = match user_id {
        Some(_) => StatusCode::OK,
        None => StatusCode::BAD_GATEWAY,
    };
    Ok((status, page("profile.html", context)).into_response())
}
