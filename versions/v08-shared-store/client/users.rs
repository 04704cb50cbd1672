//! `GET /users`: a scope that its user may not be able to lend.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

use crate::api;
use crate::notes::not_allowed;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Result<Response, Response> {
    let browser = session.browser().await;
    let request = app.http.get(format!("{}/api/admin/users", app.settings.auth_server_url));
    let (tokens, answer) = api::ask(&app, browser.key(), request).await?;
    let users = answer.body["users"].as_array().filter(|_| answer.status == StatusCode::OK);
    Ok(match users {
        Some(users) => {
            let users = users.iter().map(|user| format!("{} {}", user["user_id"], user["roles"]));
            let user_id = answer.body["sub"].as_str();
            page("users.html", context! { user_id, users => users.collect::<Vec<_>>() })
        }
        None => not_allowed(&tokens, &answer, "admin", "List all users"),
    })
}
