//! `GET /callback`: the authorization server's response arrives, in the browser's hands (RFC 6749 §4.1.2).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Browser;
use web::Moment;
use web::Problem;
use web::Session;
use web::context;
use web::page;
use web::random_token;

use crate::errors::explain;
use crate::params::Params;
use crate::pkce;
use crate::store::App;
use crate::store::Pending;

const FOREIGN: &str = "This response doesn't match any request that this browser started.";
const USED: &str = "This response was already used. It works only once.";

pub async fn get(
    State(app): State<Arc<App>>,
    session: Session,
    params: Params,
) -> Result<Response, Response> {
    // Whose response is it? Before that is known, nothing of it is used.
    let browser = session.browser().await;
    let state = params.get("state").unwrap_or_default();
    // Judged and marked under one lock, so a state works once. Another browser's try leaves it for its owner.
    let pending = app.pending.update(state, |row| judge(row, &browser));
    let pending = pending.unwrap_or(Err(FOREIGN)).map_err(|what| ignored(&app, what))?;

    if let Some(error) = params.get("error") {
        return Err(refused(error));
    }
    let code = params.get("code").ok_or_else(|| problem("There is no code in this response."))?;

    session.enter(&random_token()).await;
    let context = context! {
        code,
        state,
        sent_at => pending.created_at.to_string(),
        code_challenge => pkce::challenge(&pending.code_verifier),
        code_verifier => pending.code_verifier,
    };
    Ok(page("callback.html", context))
}

/// The request that a response belongs to: started by this browser, not long ago, not answered yet.
fn judge(row: &mut Pending, browser: &Browser) -> Result<Pending, &'static str> {
    let (ours, was_ours) = (browser.is(&row.browser), browser.was(&row.browser));
    match row.answered_at {
        _ if !ours && !was_ours => Err(FOREIGN),
        None if was_ours => Err("Another tab finished logging in, which ended this request."),
        None => {
            row.answered_at = Some(Moment::now());
            Ok(row.clone())
        }
        Some(_) => Err(USED),
    }
}

fn ignored(app: &App, what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "state ties the response to the browser that asked. It works once, and only for a while (RFC 6749 §10.12, RFC 9700 §4.7).",
        hint: format!("If you didn't start this, someone else did. If you did, open {}, under exactly that name, and start again.", app.settings.client_app_url).into(),
    }
    .into_response()
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

fn problem(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "A response has a code or an error, each parameter once (RFC 6749 §3.1 and §4.1.2).",
        hint: "Go home and start again.".into(),
    }
    .into_response()
}
