//! Bounds on what a request may bring, and pages for what no route answers.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::ALLOW;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::Problem;
use crate::method;

/// The largest body that is read, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The longest query that is read, in bytes.
const MAX_QUERY: usize = 8 * 1024;

/// The refusal of an overlong query, before any route sees it.
pub(crate) fn refuse(request: &Request) -> Option<Response> {
    let query = request.uri().query().unwrap_or_default();
    let page = Problem {
        status: StatusCode::URI_TOO_LONG,
        what: "The query of this address is longer than 8192 bytes.".into(),
        rule: "A server may refuse an address that is too long to handle (RFC 9110 §15.5.15).",
        hint: "Send shorter parameters.",
    };
    (query.len() > MAX_QUERY).then(|| page.into_response())
}

/// Gives a bare 405 its page.
pub(crate) fn dress(response: Response) -> Response {
    let bare = !response.headers().contains_key(CONTENT_TYPE);
    if response.status() != StatusCode::METHOD_NOT_ALLOWED || !bare {
        return response;
    }
    let mut page = method::not_allowed();
    if let Some(allow) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, allow.clone());
    }
    page
}

/// The page for an address that nothing answers.
pub(crate) async fn not_found() -> Response {
    Problem {
        status: StatusCode::NOT_FOUND,
        what: "There is nothing at this address.".into(),
        rule: "Each process answers only the addresses that its main.rs lists.",
        hint: "Go back to the home page and follow its links.",
    }
    .into_response()
}
