//! `GET /debug/state`: what a process remembers, for the person in front of it and nobody else.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::ACCEPT;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::Response;
use minijinja::context;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use store::Table;

use crate::pages;

/// Whether `/debug/*` must not answer: it is for a peer on loopback that calls us by a loopback name.
///
/// The name matters: a page of a foreign site can make its own name point to 127.0.0.1 (DNS rebinding), and a
/// browser would then let it read the answer. It cannot change the `Host` header that goes with it.
pub(crate) fn is_hidden(on: bool, peer: SocketAddr, request: &Request) -> bool {
    let debug = request.uri().path().starts_with("/debug");
    debug && !(on && peer.ip().to_canonical().is_loopback() && is_local(request.headers()))
}

fn is_local(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| match host.strip_prefix(name) {
        Some("") => true,
        Some(port) => port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    })
}

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
    /// The answer: HTML for a browser, JSON for everybody else.
    pub fn answer(self, session: Value, storage: Value) -> Response {
        let state = json!({
            "request_args": self.args,
            "session": session,
            "storage": storage,
        });
        let mut response = match self.html {
            true => pages::page("state.html", context! { state => format!("{state:#}") }),
            false => Json(state).into_response(),
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// All rows of a table, as JSON by key.
pub fn table<V: Clone + Send + Serialize + 'static>(table: &Table<V>) -> Value {
    let rows = table.rows().into_iter().map(|(key, row)| (key, json!(row)));
    Value::Object(rows.collect())
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

    #[test]
    fn only_loopback_names_are_local() {
        let local = |host: &str| is_local(&HeaderMap::from_iter([(HOST, host.parse().unwrap())]));
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:5000",
            "[::1]:5000",
            "[::1]",
        ] {
            assert!(local(host), "{host}");
        }
        for host in [
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "localhost:5000@evil.test",
            "localhost:",
        ] {
            assert!(!local(host), "{host}");
        }
        assert!(!is_local(&HeaderMap::new()));
    }
}
