//! Which methods a route answers.

use axum::handler::Handler;
use axum::http::StatusCode;
use axum::http::header::ALLOW;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::MethodRouter;
use axum::routing::get;

use crate::Problem;

/// A route for GET alone.
///
/// `get` would answer HEAD with the same handler, and RFC 9110 §9.1 wants HEAD wherever there is GET. Refusing it is
/// a rule of this house: where a GET changes something (it mints a code, say), a HEAD from a link preview or a proxy
/// must not.
pub fn get_only<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    get(handler).head(refuse).fallback(refuse)
}

/// Answers GET by this handler and POST by that route; every other method is 405, HEAD included.
pub fn get_and_post<H, T, S>(handler: H, post: MethodRouter<S>) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    get(handler).head(refuse_but_both).merge(post).fallback(refuse_but_both)
}

async fn refuse() -> Response {
    allowing("GET")
}

async fn refuse_but_both() -> Response {
    allowing("GET, POST")
}

fn allowing(methods: &'static str) -> Response {
    let mut response = not_allowed();
    response.headers_mut().insert(ALLOW, axum::http::HeaderValue::from_static(methods));
    response
}

/// The 405 page; the caller adds `Allow` (RFC 9110 §15.5.6).
pub(crate) fn not_allowed() -> Response {
    Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        what: "This address does not answer that method.".into(),
        rule: "A resource names the methods that it answers in the Allow header (RFC 9110 §15.5.6).",
        hint: "An address that you type or click sends GET, and most forms send POST. Use the one that the Allow header of this response names.".into(),
    }
    .into_response()
}
