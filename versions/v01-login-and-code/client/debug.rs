//! `GET /debug/state`: everything that this client remembers.

use axum::response::Response;
use serde_json::json;
use web::DebugRequest;
use web::Storage;

pub async fn get(request: DebugRequest) -> Response {
    let storage = Storage::new();
    request.answer(json!({}), storage)
}
