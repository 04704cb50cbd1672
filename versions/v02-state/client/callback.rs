//! `GET /callback`: the authorization server's answer arrives, in the browser's hands (RFC 6749 §4.1.2).

use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Problem;
use web::Session;
use web::context;
use web::page;

use crate::params::Params;
use crate::store::App;
use crate::store::Pending;

pub async fn get(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    params.check().map_err(|bad| problem(bad.describe()))?;
    let field = |name| params.get(name).ok().flatten();

    // Whose answer is it? Before that is known, nothing of it is used.
    let pending = answered(&app, &session, field("state")).await?;

    if let Some(error) = field("error") {
        return Err(refused(error));
    }
    let code = field("code").ok_or_else(|| problem("There is no code in this answer."))?;

    session.renew().await;
    let context = context! {
        code,
        state => field("state"),
        sent_at => pending.created_at.to_string(),
    };
    Ok(page("callback.html", context))
}

/// The request that this answer belongs to: started by this browser, not long ago, not answered yet.
async fn answered(app: &App, session: &Session, state: Option<&str>) -> Result<Pending, Response> {
    let browser = session.get("browser").await;
    // Taken under one lock, so a state works once. Another browser's try leaves it for its owner.
    let pending = state
        .and_then(|state| app.pending.take_if(state, |row| Some(&row.browser) == browser.as_ref()));
    pending.ok_or_else(foreign_answer)
}

/// The server said no. The words are ours: whoever makes the address writes `error_description`.
fn refused(error: &str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: format!("The authorization server refused: {error}. {}", explain(error)).into(),
        rule: "A refusal comes back as the parameter error (RFC 6749 §4.1.2.1).",
        hint: "Go home and start again.",
    }
    .into_response()
}

fn explain(error: &str) -> &'static str {
    match error {
        "access_denied" => "The user or the server said no.",
        "invalid_request" => {
            "The request of this client lacked something, or held something twice."
        }
        "unauthorized_client" => "This client may not ask in this way.",
        "unsupported_response_type" => "The server does not give that kind of answer.",
        "invalid_scope" => "The client asked for something that does not exist.",
        "server_error" => "The server met a problem of its own.",
        "temporarily_unavailable" => "The server is busy. Try again in a moment.",
        _ => "That is not an error that this client knows.",
    }
}

fn foreign_answer() -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: "This answer does not belong to a request of this browser. It was dropped.".into(),
        rule: "state ties the answer to the browser that asked. It works once, for a while (RFC 6749 §10.12, RFC 9700 §4.7).",
        hint: "If you did not start this, somebody else did. If you did: start again, and finish in the same browser.",
    }
    .into_response()
}

fn problem(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "An answer holds a code or an error, each parameter once (RFC 6749 §3.1 and §4.1.2).",
        hint: "Go home and start again.",
    }
    .into_response()
}
