//! `GET /debug/state`: everything that this client remembers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::Storage;

use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session, request: DebugRequest) -> Response {
    let storage = Storage::new().table("pending", &app.pending).table("tokens", &app.tokens);
    request.answer(json!({ "browser": session.get("browser").await }), storage)
}
