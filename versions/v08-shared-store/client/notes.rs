//! `GET /notes` and `POST /notes`: what this client does with the notes of its user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use serde_json::Value;
use web::Session;
use web::context;
use web::page;

use crate::api;
use crate::api::Answer;
use crate::params::Params;
use crate::params::encode;
use crate::store::App;
use crate::store::Tokens;

/// A page or a redirect, or the page that says why not.
type Answered = Result<Response, Response>;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Answered {
    let browser = session.browser().await;
    let request = app.http.get(format!("{}/api/notes", app.settings.auth_server_url));
    let (tokens, answer) = api::ask(&app, browser.key(), request).await?;
    let notes = answer.body["notes"].as_array().filter(|_| answer.status == StatusCode::OK);
    let Some(notes) = notes else {
        return Ok(not_allowed(&tokens, &answer, "read", "Read your notes"));
    };
    let context = context! {
        user_id => answer.body["sub"].as_str(),
        notes => notes.iter().filter_map(texts).collect::<Vec<_>>(),
        may_write => tokens.scope().split(' ').any(|name| name == "notes:write"),
    };
    Ok(page("notes.html", context))
}

pub async fn post(State(app): State<Arc<App>>, session: Session, params: Params) -> Answered {
    let browser = session.browser().await;
    let form = format!("text={}", encode(params.get("text").unwrap_or_default()));
    let request = app
        .http
        .post(format!("{}/api/notes", app.settings.auth_server_url))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let (tokens, answer) = api::ask(&app, browser.key(), request).await?;
    match answer.status {
        StatusCode::CREATED => Ok(Redirect::to("/notes").into_response()),
        _ => Ok(not_allowed(&tokens, &answer, "write", "Write a note")),
    }
}

/// What a note says, and which client wrote it.
fn texts(note: &Value) -> Option<(String, String)> {
    Some((note["text"].as_str()?.into(), note["written_by"].as_str()?.into()))
}

/// The API said no. If a scope is missing, the user can be asked for it: now that they see what it is for.
pub fn not_allowed(tokens: &Tokens, answer: &Answer, purpose: &str, what: &str) -> Response {
    let error = answer.body["error"].as_str();
    let context = context! {
        purpose,
        what,
        has => tokens.scope(),
        status => answer.status.to_string(),
        challenges => answer.challenges.clone(),
        body => format!("{:#}", answer.body),
        error,
    };
    let status = match error {
        Some("insufficient_scope" | "access_denied") => StatusCode::OK,
        _ => StatusCode::BAD_GATEWAY,
    };
    (status, page("not_allowed.html", context)).into_response()
}
