//! Bounds on what a request may bring, and pages for what no route answers.

use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::http::header::ALLOW;
use axum::http::header::CONNECTION;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::RETRY_AFTER;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::Problem;
use crate::method;

/// The largest body that is read, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The longest query that is read, in bytes.
const MAX_QUERY: usize = 8 * 1024;

/// The refusal of an overlong query, before any route sees it.
pub(crate) fn refuse(uri: &Uri) -> Option<Response> {
    let query = uri.query().unwrap_or_default();
    let page = Problem {
        status: StatusCode::URI_TOO_LONG,
        what: "The query of this address is longer than 8192 bytes.".into(),
        rule: "A server may refuse an address that is too long to handle (RFC 9110 §15.5.15).",
        hint: "Send shorter parameters.".into(),
    };
    (query.len() > MAX_QUERY).then(|| page.into_response())
}

/// Gives a refusal its page: a bare 405, and whatever a route makes of half a body.
///
/// `slow` says that the body did not come in time. A route that answers in its own way (JSON, say) keeps its answer.
pub(crate) fn dress(mut response: Response, slow: bool) -> Response {
    // Whoever is told to come back is told when (RFC 9110 §10.2.3).
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
    }
    let content_type = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_plain = content_type.is_empty() || content_type.starts_with(b"text/plain");
    let is_json = content_type.starts_with(b"application/json");
    let mut page = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED if is_plain => method::not_allowed(),
        // The route saw only that its body broke off.
        status if slow && status.is_client_error() && !is_json => too_slow(),
        _ => return response,
    };
    if let Some(allow) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, allow.clone());
    }
    page
}

fn too_slow() -> Response {
    let page = Problem {
        status: StatusCode::REQUEST_TIMEOUT,
        what: "The body of this request did not come in time.".into(),
        rule: "A server waits for a request as long as it is prepared to, and then says so (RFC 9110 §15.5.9).",
        hint: "Go back and send the form once more.".into(),
    };
    // What is left of the body cannot be told from the next request.
    ([(CONNECTION, "close")], page).into_response()
}

/// The page for an address that nothing answers.
pub(crate) async fn not_found() -> Response {
    Problem {
        status: StatusCode::NOT_FOUND,
        what: "There is nothing at this address.".into(),
        rule: "Each process answers only the addresses that its main.rs lists.",
        hint: "Go back to the home page and follow its links.".into(),
    }
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &'static str) -> Response {
        let response = Response::builder().status(status).header(CONTENT_TYPE, content_type);
        response.header(ALLOW, "POST").header("x-kept", "").body("as it was".into()).unwrap()
    }

    #[test]
    fn a_bare_405_gets_a_page_and_any_other_keeps_its_own() {
        for (content_type, is_kept) in [
            ("text/plain", false),
            ("application/json", true),
            ("text/html", true),
        ] {
            let kept = dress(answer(405, content_type), false).headers().contains_key("x-kept");
            assert_eq!(kept, is_kept, "{content_type}");
        }
    }

    #[test]
    fn half_a_body_is_408_unless_the_route_answers_programs() {
        for (status, content_type, slow, dressed) in [
            (413, "text/html; charset=utf-8", true, 408),
            (400, "text/plain; charset=utf-8", true, 408),
            (413, "text/html; charset=utf-8", false, 413),
            (400, "text/plain; charset=utf-8", false, 400),
            (400, "application/json", true, 400),
            (303, "text/plain", true, 303),
            (405, "text/plain", false, 405),
        ] {
            let response = dress(answer(status, content_type), slow);
            assert_eq!(response.status().as_u16(), dressed, "{status} {content_type} {slow}");
            assert_eq!(response.headers()[ALLOW], "POST");
        }
    }
}
