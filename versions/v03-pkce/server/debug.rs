//! `GET /debug/state`: everything that this server remembers.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::table;

use crate::store::App;

pub async fn get(State(app): State<App>, session: Session, request: DebugRequest) -> Response {
    let username = session.get("username").await;
    let logged_in = username.is_some();
    let storage = json!({
        "authorization_codes": table(&app.authorization_codes),
        "access_tokens": {},
        "users": *app.users,
        "clients": *app.clients,
        "authorization_requests": table(&app.authorization_requests),
    });
    request.answer(json!({ "logged_in": logged_in, "username": username }), storage)
}
