//! `GET /notes` and `POST /notes`: what this client does with the notes of its user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

use crate::api;
use crate::api::Answer;
use crate::params::Params;
use crate::params::encode;
use crate::store::App;
use crate::store::Tokens;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Result<Response, Response> {
    let browser = session.browser().await;
    let request = app.http.get(format!("{}/api/notes", app.settings.auth_server_url));
    let (tokens, answer) = api::ask(&app, &browser, request).await?;
    if answer.status != StatusCode::OK {
        return Ok(not_allowed(&tokens, &answer, "read", "Read your notes"));
    }
    let notes = answer.json["notes"].as_array().into_iter().flatten();
    let context = context! {
        notes => notes.map(|note| context! {
            text => note["text"].as_str(),
            written_by => note["written_by"].as_str(),
        }).collect::<Vec<_>>(),
        may_write => tokens.granted("notes:write"),
    };
    Ok(page("notes.html", context))
}

pub async fn post(
    State(app): State<Arc<App>>,
    session: Session,
    params: Params,
) -> Result<Response, Response> {
    let browser = session.browser().await;
    let form = format!("text={}", encode(params.get("text").unwrap_or_default()));
    let request = app
        .http
        .post(format!("{}/api/notes", app.settings.auth_server_url))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let (tokens, answer) = api::ask(&app, &browser, request).await?;
    match answer.status {
        StatusCode::CREATED => Ok(Redirect::to("/notes").into_response()),
        _ => Ok(not_allowed(&tokens, &answer, "write", "Write a note")),
    }
}

/// The API said no. If a scope is missing, the user can be asked for it: now that they see what it is for.
pub fn not_allowed(tokens: &Tokens, answer: &Answer, purpose: &str, what: &str) -> Response {
    let context = context! {
        purpose,
        what,
        has => tokens.scope(),
        status => answer.status.to_string(),
        challenges => answer.challenges.clone(),
        body => answer.body.clone(),
        error => answer.json["error"].as_str(),
    };
    let status = match answer.status {
        StatusCode::FORBIDDEN => StatusCode::OK,
        _ => StatusCode::BAD_GATEWAY,
    };
    (status, page("not_allowed.html", context)).into_response()
}
