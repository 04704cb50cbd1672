//! `GET /callback`: the authorization server's response arrives, in the browser's hands (RFC 6749 §4.1.2).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Moment;
use web::Problem;
use web::Session;
use web::context;
use web::page;
use web::random_token;

use crate::params::Params;
use crate::store::App;
use crate::store::Pending;

const FOREIGN: &str =
    "This response doesn't match any request this browser started, so it was ignored.";
const USED: &str = "This response was already used. It works only once.";
const OTHER_TAB: &str = "Another tab finished logging in, which ended this request.";

pub async fn get(
    State(app): State<Arc<App>>,
    session: Session,
    params: Params,
) -> Result<Response, Response> {
    // Whose response is it? Before that is known, nothing of it is used.
    let pending = answered(&app, &session, &params).await?;

    if let Some(error) = params.get("error") {
        return Err(refused(error));
    }
    let code = params.get("code").ok_or_else(|| problem("There is no code in this response."))?;

    enter(&session, random_token()).await;
    let context = context! {
        code,
        state => params.get("state"),
        sent_at => pending.created_at.to_string(),
    };
    Ok(page("callback.html", context))
}

/// The request that this response belongs to: started by this browser, not long ago, not answered yet.
async fn answered(app: &App, session: &Session, params: &Params) -> Result<Pending, Response> {
    let browser = session.get("browser").await;
    let before = session.get("browser_before").await;
    // Judged and marked under one lock, so a state works once. Another browser's try leaves it for its owner.
    let judged = params.get("state").and_then(|state| {
        app.pending.update(state, |row| {
            let ours = browser.as_ref() == Some(&row.browser);
            let was_ours = before.as_ref() == Some(&row.browser);
            judge(row, ours, was_ours)
        })
    });
    judged.unwrap_or(Err(FOREIGN)).map_err(|what| ignored(app, browser.is_some(), what))
}

/// `was_ours`: this browser started it, and has logged in since.
fn judge(row: &mut Pending, ours: bool, was_ours: bool) -> Result<Pending, &'static str> {
    match row.answered_at {
        None if ours => {
            row.answered_at = Some(Moment::now());
            Ok(row.clone())
        }
        None if was_ours => Err(OTHER_TAB),
        Some(_) if ours || was_ours => Err(USED),
        _ => Err(FOREIGN),
    }
}

/// A new session id and a new browser key: whoever planted or saw the old ones is left with nothing.
async fn enter(session: &Session, login: String) {
    let before = session.get("browser").await.unwrap_or_default();
    session.renew_with_grace().await;
    session.set("browser_before", &before).await;
    session.set("browser", &login).await;
}

/// The server said no. The words are ours: whoever makes the address writes `error_description`.
fn refused(error: &str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: format!("The authorization server refused: {error}. {}", explain(error)).into(),
        rule: "A refusal comes back as the parameter error (RFC 6749 §4.1.2.1).",
        hint: "Go home and start again.".into(),
    }
    .into_response()
}

fn explain(error: &str) -> &'static str {
    match error {
        "access_denied" => "The user or the server said no.",
        "invalid_request" => "Something in this client's request was missing or sent twice.",
        "unauthorized_client" => "This client may not ask in this way.",
        "unsupported_response_type" => "The server can't give that kind of response.",
        "invalid_scope" => "The client asked for something that doesn't exist.",
        "server_error" => "The server ran into a problem of its own.",
        "temporarily_unavailable" => "The server is busy. Try again in a moment.",
        _ => "This client doesn't know that error.",
    }
}

fn ignored(app: &App, cookie: bool, what: &'static str) -> Response {
    let home = &app.settings.client_app_url;
    let hint = match cookie {
        true => "If you didn't start this, someone else did. If you did, go home and start again."
            .into(),
        false => format!(
            "No cookie came with it. Open {home}, under exactly that name, and start there."
        )
        .into(),
    };
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "state ties the response to the browser that asked. It works once, for a while (RFC 6749 §10.12, RFC 9700 §4.7).",
        hint,
    }
    .into_response()
}

fn problem(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "A response has a code or an error, each parameter once (RFC 6749 §3.1 and §4.1.2).",
        hint: "Go home and start again.".into(),
    }
    .into_response()
}
