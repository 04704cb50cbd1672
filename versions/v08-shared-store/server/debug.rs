//! `GET /debug/state`: everything that this server remembers, as it stands in the store.

use std::sync::Arc;

use axum::extract::State;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::Storage;

use crate::consent::Answered;
use crate::storage::Key;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session, request: DebugRequest) -> Answered {
    let user_id = session.get("user_id").await;
    let logged_in = user_id.is_some();
    let mut tokens = app.access_tokens.shown().await?;
    for (_, shown) in &mut tokens.0 {
        let grant_id = Key::readable(shown["grant_id"].as_str().unwrap_or_default().to_string());
        shown["revoked"] = json!(!app.is_alive(&grant_id).await?);
    }
    let storage = Storage::new()
        .rows("authorization_codes", app.authorization_codes.shown().await?)
        .rows("access_tokens", tokens)
        .seed("users", &app.users)
        .seed("clients", &app.clients)
        .rows("authorization_requests", app.authorization_requests.shown().await?)
        .rows("consents", app.consents.shown().await?)
        .rows("grants", app.grants.shown().await?);
    Ok(request.answer(json!({ "logged_in": logged_in, "username": user_id }), storage))
}
