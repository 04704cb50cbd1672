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
    let (tokens, answer) = api::ask(&app, &browser, request).await?;
    Ok(match answer.status {
        StatusCode::OK => {
            let users = answer.json["users"].as_array().into_iter().flatten();
            let users = users.map(|user| format!("{} {}", user["user_id"], user["roles"]));
            page("users.html", context! { users => users.collect::<Vec<_>>() })
        }
        _ => not_allowed(&tokens, &answer, "admin", "List all users"),
    })
}
