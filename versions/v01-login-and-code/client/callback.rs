//! `GET /callback`: the authorization server's response arrives, in the browser's hands (RFC 6749 §4.1.2).

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Problem;
use web::context;
use web::page;

use crate::errors::explain;
use crate::params::Params;

pub async fn get(params: Params) -> Result<Response, Response> {
    if let Some(error) = params.get("error") {
        return Err(refused(error));
    }
    let code = params.get("code").ok_or_else(|| problem("There is no code in this response."))?;

    let context = context! {
        code,
    };
    Ok(page("callback.html", context))
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
