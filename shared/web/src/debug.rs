//! `GET /debug/state`: what a process remembers, for the person in front of it and nobody else.

mod storage;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::Response;
use minijinja::context;
use percent_encoding::percent_decode_str;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::pages;

pub use storage::NEWEST;
pub use storage::Storage;

/// A request for `/debug/state`: it knows how the caller wants the answer.
#[derive(Debug)]
pub struct DebugRequest {
    args: Map<String, Value>,
    html: bool,
}

impl<S: Sync> FromRequestParts<S> for DebugRequest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<DebugRequest, Self::Rejection> {
        let args: Map<String, Value> = pairs(parts.uri.query().unwrap_or_default()).collect();
        let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        let html = accept.is_some_and(|accept| accept.contains("text/html"));
        let forced = args.get("format") == Some(&json!("json"));
        Ok(DebugRequest {
            args,
            html: html && !forced,
        })
    }
}

impl DebugRequest {
    /// The answer: a page for a browser, JSON for everybody else and for `?format=json`.
    ///
    /// Its size has a bound: of each table it holds the newest 100 rows, and a count of all.
    pub fn answer(self, session: Value, storage: Storage) -> Response {
        if !self.html {
            let (storage, counts) = storage.into_json();
            let state = json!({
                "request_args": self.args,
                "session": session,
                "storage": storage,
                "counts": counts,
            });
            // Tokens in full: no cache keeps them.
            return ([(CACHE_CONTROL, "no-store")], Json(state)).into_response();
        }
        let (tables, seeds) = storage.into_tables();
        let context = context! {
            request_args => storage::fields(&Value::Object(self.args)),
            session => storage::fields(&session),
            tables,
            seeds,
        };
        pages::page("state.html", context)
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (String, Value)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (decode(name), Value::from(decode(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn asked(address: &str, accept: &str) -> DebugRequest {
        let request = Request::builder().uri(address).header(ACCEPT, accept);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        DebugRequest::from_request_parts(&mut parts, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_browser_gets_a_page_and_can_ask_for_json() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        assert!(asked("/debug/state", browser).await.html);
        assert!(asked("/debug/state?format=html", browser).await.html);
        assert!(!asked("/debug/state?format=json", browser).await.html);
        assert!(!asked("/debug/state", "*/*").await.html);
        let args = asked("/debug/state?a=%3Cb%3E&c", "*/*").await.args;
        assert_eq!(Value::from(args), json!({ "a": "<b>", "c": "" }));
    }
}
