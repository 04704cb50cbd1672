//! `GET /api/notes` and `POST /api/notes`: a user's own notes, read or written in their name.

use std::sync::Arc;

use axum::Json;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;
use web::Moment;

use crate::api::ApiError;
use crate::api::authorize;
use crate::params::BadParams;
use crate::params::Params;
use crate::storage::Key;
use crate::store::App;
use crate::store::Note;

/// The longest note, in bytes.
const MAX_TEXT: usize = 1000;

/// How many notes a user has at most: the oldest makes room. All of them fit into one answer that a client reads.
const MOST: usize = 25;

pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let token = authorize(&app, &headers, &query.unwrap_or_default(), "notes:read").await?;
    let list = app.notes.get(&Key::readable(token.user_id.to_string())).await?.unwrap_or_default();
    let notes = json!({ "sub": token.user_id, "notes": list });
    Ok(([(CACHE_CONTROL, "no-store")], Json(notes)).into_response())
}

pub async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    params: Result<Params, BadParams>,
) -> Result<Response, ApiError> {
    let token = authorize(&app, &headers, &query.unwrap_or_default(), "notes:write").await?;
    let params = params.map_err(|bad| ApiError::InvalidRequest(bad.describe()))?;
    if params.get("access_token").is_some() || params.check("access_token").is_err() {
        return Err(ApiError::InvalidRequest(
            "There is a token in the header and one in the form.",
        ));
    }
    let text = params.get("text").filter(|text| text.len() <= MAX_TEXT);
    let note = Note {
        text: text.ok_or(ApiError::InvalidRequest("text is missing or too long."))?.to_string(),
        written_by: token.client_id,
        written_at: Moment::now(),
    };
    let key = Key::readable(token.user_id.to_string());
    // Whoever emptied the store took the list away. It begins anew, or the note would be lost without a word.
    app.notes.add(&key, Vec::new()).await?;
    let written = app.notes.update(&key, |list| {
        list.drain(..(list.len() + 1).saturating_sub(MOST));
        list.push(note.clone());
    });
    written.await?;
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(note)).into_response())
}
