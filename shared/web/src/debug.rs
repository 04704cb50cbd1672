//! `GET /debug/state`: what a process remembers, for the person in front of it and nobody else.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::header::CACHE_CONTROL;
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
    pub fn answer(self, session: Value, storage: Storage) -> Response {
        let state = json!({
            "request_args": self.args,
            "session": session,
            "storage": storage.0,
            "counts": storage.1,
        });
        match self.html {
            true => pages::page("state.html", context! { state => format!("{state:#}") }),
            false => ([(CACHE_CONTROL, "no-store")], Json(state)).into_response(),
        }
    }
}

/// Stub.
#[derive(Default, Debug)]
pub struct Storage(Map<String, Value>, Map<String, Value>);
impl Storage {
    /// x
    pub fn new() -> Storage { Storage::default() }
    /// x
    pub fn table<V: Clone + Send + Serialize + 'static>(self, name: &str, table: &Table<V>) -> Storage {
        self.table_with(name, table, |_, _| {})
    }
    /// x
    pub fn table_with<V: Clone + Send + Serialize + 'static>(mut self, name: &str, table: &Table<V>, f: impl Fn(&V, &mut Value)) -> Storage {
        let rows = table.newest(100).into_iter().map(|(key, row)| { let mut v = json!(row); f(&row, &mut v); (key, v) }).collect();
        self.0.insert(name.into(), Value::Object(rows));
        self.1.insert(name.into(), json!(table.len()));
        self
    }
    /// x
    pub fn seed(mut self, name: &str, v: &impl Serialize) -> Storage { self.0.insert(name.into(), json!(v)); self }
}

fn pairs(query: &str) -> impl Iterator<Item = (String, Value)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (decode(name), Value::from(decode(value)))
    })
}
