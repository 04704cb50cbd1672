//! `GET /debug/state`: everything that this server remembers, as it stands in the store.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;
use web::DebugRequest;
use web::Session;
use web::Storage;

use crate::storage::Key;
use crate::storage::Unavailable;
use crate::store::App;

pub async fn get(
    State(app): State<Arc<App>>,
    session: Session,
    request: DebugRequest,
) -> Result<Response, Unavailable> {
    let user_id = session.get("user_id").await;
    let logged_in = user_id.is_some();
    let codes = app.authorization_codes.newest(web::NEWEST).await?;
    let mut tokens = app.access_tokens.newest(web::NEWEST).await?;
    for (_, shown) in &mut tokens.0 {
        let grant_id: Option<Key> = serde_json::from_value(shown["grant_id"].clone()).ok();
        let alive = match &grant_id {
            Some(grant_id) => app.is_alive(grant_id).await?,
            None => false,
        };
        shown["revoked"] = json!(!alive);
    }
    let requests = app.authorization_requests.newest(web::NEWEST).await?;
    let consents = app.consents.newest(web::NEWEST).await?;
    let grants = app.grants.newest(web::NEWEST).await?;
    let table = |storage: Storage, name, (rows, count): (Vec<(String, Value)>, usize)| {
        storage.rows(name, rows.into_iter().collect(), count)
    };
    let storage = table(Storage::new(), "authorization_codes", codes);
    let storage = table(storage, "access_tokens", tokens)
        .seed("users", &app.users)
        .seed("clients", &app.clients);
    let storage = table(storage, "authorization_requests", requests);
    let storage = table(storage, "consents", consents);
    let storage = table(storage, "grants", grants);
    Ok(request.answer(json!({ "logged_in": logged_in, "username": user_id }), storage))
}
