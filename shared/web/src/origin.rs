//! Which page a form was sent from: only our own may change something here.

use std::sync::Arc;

use axum::extract::Request;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::middleware::Next;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::MethodRouter;
use axum::routing::post;

use crate::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A route for POST, from pages of `origin` alone; a form from anywhere else gets a 403 page.
///
/// `origin` is written as browsers write it (RFC 6454 §6.2): a host in lower case, no port where it is 80. Cookies
/// alone do not tell: `SameSite=Lax` lets them travel from another port of the same host. What sends neither
/// `Origin` nor `Sec-Fetch-Site` is no browser, and nobody can make it send a form for somebody else.
pub fn post_from<H, T, S>(origin: &str, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let origin: Arc<str> = origin.into();
    post(handler).route_layer(from_fn_with_state(origin, guard))
}

async fn guard(State(origin): State<Arc<str>>, request: Request, next: Next) -> Response {
    match is_ours(&origin, request.headers()) {
        true => next.run(request).await,
        false => foreign_page(),
    }
}

pub(crate) fn is_ours(origin: &str, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter().map(HeaderValue::as_bytes);
    match (origins.next().map(HeaderValue::as_bytes), origins.next()) {
        (Some(theirs), None) => theirs == origin.as_bytes(),
        (Some(_), Some(_)) => false,
        (None, _) => sites.all(|site| [b"same-origin".as_slice(), b"none"].contains(&site)),
    }
}

pub(crate) fn foreign_page() -> Response {
    Problem {
        status: StatusCode::FORBIDDEN,
        what: "This form was not sent from a page of this application.".into(),
        rule: "A request that changes something must come from the application's own pages (RFC 6749 §10.12).",
        hint: "Open the home page at the address that the terminal shows, and press the button there.".into(),
    }
    .into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::header::ALLOW;
    use tower_service::Service;

    use super::*;

    async fn send(method: &str, headers: &[(&str, &str)]) -> Response {
        let route = post_from("http://localhost:5001", async || "done");
        let mut router: Router = Router::new().route("/logout", route);
        let mut request = Request::builder().method(method).uri("/logout");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router.call(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn only_our_own_pages_may_post() {
        for headers in [
            &[("origin", "http://localhost:5001")] as &[_],
            &[
                ("origin", "http://localhost:5001"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[],
        ] {
            assert_eq!(send("POST", headers).await.status(), StatusCode::OK, "{headers:?}");
        }
        for headers in [
            &[("origin", "null")] as &[_],
            &[
                ("origin", "null"),
                ("sec-fetch-site", "same-site"),
            ],
            &[
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[
                ("origin", "null"),
                ("sec-fetch-site", "none"),
            ],
            &[
                ("origin", "null"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("origin", "")],
            &[("origin", "http://localhost")],
            &[("origin", "http://localhost:5000")],
            &[("origin", "http://localhost:50010")],
            &[("origin", "http://localhost:5001/")],
            &[("origin", "http://LOCALHOST:5001")],
            &[("origin", "https://localhost:5001")],
            &[("origin", "http://127.0.0.1:5001")],
            &[("origin", "http://localhost:5001.evil.test")],
            &[
                ("origin", "http://localhost:5001"),
                ("origin", "http://evil.test"),
            ],
            &[
                ("origin", "http://evil.test"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "")],
            &[
                ("sec-fetch-site", "none"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            assert_eq!(send("POST", headers).await.status(), StatusCode::FORBIDDEN, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn another_method_is_told_which_one_is_answered() {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let response = send(method, &[("origin", "http://localhost:5001")]).await;
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(response.headers()[ALLOW], "POST", "{method}");
        }
    }
}
