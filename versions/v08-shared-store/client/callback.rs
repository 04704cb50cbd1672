//! `GET /callback`: the authorization server's response arrives, in the browser's hands (RFC 6749 §4.1.2).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Browser;
use web::Moment;
use web::Problem;
use web::Session;

use crate::errors::explain;
use crate::exchange;
use crate::params::Params;
use crate::pkce::hash;
use crate::store::App;
use crate::store::Pending;

/// How long the same response, delivered twice, has the same outcome: a reload must not lose a login.
const AGAIN: Duration = Duration::from_secs(10);

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
    let code_hash = hash(params.get("code").unwrap_or_default());
    // Judged and marked under one lock, so a state works once. Another browser's try leaves it for its owner.
    let pending = app.pending.update(state, |row| judge(row, &browser, &code_hash));
    let pending = pending.unwrap_or(Err(FOREIGN)).map_err(|what| ignored(&app, what))?;

    if let Some(error) = params.get("error") {
        return Err(refused(error));
    }
    let code = params.get("code").ok_or_else(|| problem("There is no code in this response."))?;

    let exchange = exchange::log_in(app.clone(), state.into(), code.into(), pending.clone());
    let login = pending.outcome.run(exchange).await?;
    // The same response, delivered twice, may have logged this browser in already. It replaces no other login.
    match browser.is(&pending.browser) {
        true => session.enter(&login).await,
        false if browser.is(&login) => {}
        false => return Err(ignored(&app, USED)),
    }
    // The address that the browser ends on holds neither code nor state.
    Ok(Redirect::to(pending.purpose.back).into_response())
}

/// The request that a response belongs to: started by this browser, not long ago, not answered yet.
fn judge(row: &mut Pending, browser: &Browser, code_hash: &str) -> Result<Pending, &'static str> {
    let (ours, was_ours) = (browser.is(&row.browser), browser.was(&row.browser));
    match row.answered_at {
        _ if !ours && !was_ours => Err(FOREIGN),
        None if was_ours => Err("Another tab finished logging in, which ended this request."),
        None => {
            row.answered_at = Some(Moment::now());
            row.code_hash = code_hash.to_string();
            Ok(row.clone())
        }
        // The same response once more: a reload, a double click, a prefetch.
        Some(at) if row.code_hash == code_hash && !at.plus(AGAIN).has_passed() => Ok(row.clone()),
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
