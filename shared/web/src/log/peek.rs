//! A look at the JSON of an answer on its way out: the log shows what was issued, or why it was refused.

use axum::body::Body;
use axum::body::Bytes;
use axum::body::HttpBody;
use axum::body::to_bytes;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

/// A larger answer is not looked at, in bytes.
const MAX: usize = 4 * 1024;

/// The same response, and its body if it is short JSON that is ready.
pub(crate) async fn peek(response: Response) -> (Response, Option<Bytes>) {
    let size = response.body().size_hint().exact();
    if !is_json(response.headers()) || size.is_none_or(|size| size > MAX as u64) {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    // A body of a known size is in memory, so this neither waits nor fails.
    let bytes = to_bytes(body, MAX).await.unwrap_or_default();
    (Response::from_parts(parts, Body::from(bytes.clone())), Some(bytes))
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    content_type.starts_with(b"application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_the_same_after_a_look() {
        for (content_type, body, is_seen) in [
            ("application/json", "{\"a\":1}".to_string(), true),
            ("text/html", "<p>".to_string(), false),
            ("application/json", "x".repeat(MAX + 1), false),
        ] {
            let response = Response::builder().header(CONTENT_TYPE, content_type);
            let (response, seen) = peek(response.body(Body::from(body.clone())).unwrap()).await;
            assert_eq!(seen.is_some(), is_seen);
            assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap(), body);
        }
    }
}
