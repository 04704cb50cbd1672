//! `GET /debug/state`: everything that this client remembers.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::table;

use crate::store::App;

pub async fn get(State(app): State<App>, session: Session, request: DebugRequest) -> Response {
    let browser = session.get("browser").await;
    let storage = json!({
        "pending": table(&app.pending),
    });
    request.answer(json!({ "browser": browser }), storage)
}
