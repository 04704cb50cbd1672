//! `GET /api/admin/users`: what the token may do, and what its user may do, must both allow it.

use std::sync::Arc;

use axum::Json;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;

use crate::api::ApiError;
use crate::api::authorize;
use crate::store::App;

pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let token = authorize(&app, &headers, &query.unwrap_or_default(), "admin").await?;
    // A scope is what the user has lent to the client. Nobody can lend what they don't have.
    if !app.users.get(&token.user_id).is_some_and(|user| user.roles.contains(&"admin")) {
        return Err(ApiError::AccessDenied("The user of this token is not an admin."));
    }
    let user = |(user_id, user): (&Arc<str>, &crate::store::User)| json!({ "user_id": user_id, "roles": user.roles });
    let users: Vec<Value> = app.users.iter().map(user).collect();
    Ok(([(CACHE_CONTROL, "no-store")], Json(json!({ "sub": token.user_id, "users": users })))
        .into_response())
}
