//! `GET /debug/state`: everything that this server remembers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::Storage;

use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session, request: DebugRequest) -> Response {
    let user_id = session.get("user_id").await;
    let logged_in = user_id.is_some();
    let storage = Storage::new()
        .table("authorization_codes", &app.authorization_codes)
        .table_with("access_tokens", &app.access_tokens, |token, shown| {
            shown["revoked"] = json!(!app.is_alive(&token.grant_id));
        })
        .seed("users", &app.users)
        .seed("clients", &app.clients)
        .table("authorization_requests", &app.authorization_requests)
        .table("consents", &app.consents)
        .table("grants", &app.grants);
    request.answer(json!({ "logged_in": logged_in, "username": user_id }), storage)
}
