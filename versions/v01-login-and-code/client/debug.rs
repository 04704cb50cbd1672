//! `GET /debug/state`: everything that this client remembers.

use axum::response::Response;
use serde_json::json;
use web::DebugRequest;

pub async fn get(request: DebugRequest) -> Response {
    let storage = json!({});
    request.answer(json!({}), storage)
}
