//! `GET /callback`: the authorization server's response arrives, in the browser's hands (RFC 6749 §4.1.2).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Moment;
use web::Problem;
use web::Session;

use crate::exchange;
use crate::params::Params;
use crate::pkce::hash;
use crate::store::App;
use crate::store::Pending;

/// How long the same response, delivered twice, has the same outcome: a reload must not lose a login.
const AGAIN: Duration = Duration::from_secs(10);

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

    let state = params.get("state").unwrap_or_default();
    let login = exchange::once(&app, state, code, pending).await;
    let login = login.map_err(IntoResponse::into_response)?;
    // The same response, delivered twice, may have logged this browser in already.
    if session.get("browser").await.as_ref() != Some(&login) {
        enter(&session, login).await;
    }
    // The address that the browser ends on holds neither code nor state.
    Ok(Redirect::to("/").into_response())
}

/// The request that this response belongs to: started by this browser, not long ago, not answered yet.
async fn answered(app: &App, session: &Session, params: &Params) -> Result<Pending, Response> {
    let browser = session.get("browser").await;
    let before = session.get("browser_before").await;
    let code_hash = hash(params.get("code").unwrap_or_default());
    // Judged and marked under one lock, so a state works once. Another browser's try leaves it for its owner.
    let judged = params.get("state").and_then(|state| {
        app.pending.update(state, |row| {
            let ours = browser.as_ref() == Some(&row.browser);
            let was_ours = before.as_ref() == Some(&row.browser);
            judge(row, ours, was_ours, &code_hash)
        })
    });
    judged.unwrap_or(Err(FOREIGN)).map_err(|what| ignored(app, browser.is_some(), what))
}

/// `was_ours`: this browser started it, and has logged in since.
fn judge(
    row: &mut Pending,
    ours: bool,
    was_ours: bool,
    code_hash: &str,
) -> Result<Pending, &'static str> {
    match row.answered_at {
        None if ours => {
            row.answered_at = Some(Moment::now());
            row.code_hash = code_hash.to_string();
            Ok(row.clone())
        }
        None if was_ours => Err(OTHER_TAB),
        // The same response once more: a reload, a double click, a prefetch.
        Some(at) if (ours || was_ours) && row.code_hash == code_hash && is_recent(at) => {
            Ok(row.clone())
        }
        Some(_) if ours || was_ours => Err(USED),
        _ => Err(FOREIGN),
    }
}

fn is_recent(answered_at: Moment) -> bool {
    !answered_at.plus(AGAIN).has_passed()
}

/// A new session id and a new browser key: whoever planted or saw the old ones is left with nothing.
async fn enter(session: &Session, login: String) {
    let before = session.get("browser").await.unwrap_or_default();
    session.renew_with_grace().await;
    session.set("browser_before", &before).await;
    session.set("browser", &login).await;
    session.set("login", "1").await;
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
