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
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Result<Response, Response> {
    let browser = session.browser().await;
    let request = app.http.get(format!("{}/api/me", app.settings.auth_server_url));
    let (tokens, answer) = api::ask(&app, &browser, request).await?;
    let good = answer.status == StatusCode::OK;
    let refused = answer.status == StatusCode::UNAUTHORIZED;
    let news = app.tokens.update(browser.key(), |row| {
        row.ended |= refused && row.refresh_token.is_none();
        row.user_id = answer.user_id.clone().or(row.user_id.take());
        row.news.take()
    });
    let context = context! {
        news => news.flatten(),
        user_id => answer.user_id,
        access_token => shorten(&tokens.access_token),
        status => answer.status.to_string(),
        good,
        refused,
        challenges => answer.challenges,
        body => answer.body,
    };
    let status = match good {
        true => StatusCode::OK,
        false => StatusCode::BAD_GATEWAY,
    };
    Ok((status, page("profile.html", context)).into_response())
}
