//! A message that this process sends itself, and the answer to it.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::WWW_AUTHENTICATE;

use super::arrival::CLIENT;
use super::arrival::collect_bearer;
use super::arrival::push_authorization;
use super::arrival::push_challenge;
use super::arrival::push_head;
use super::arrival::push_status;
use super::flow::Values;
use super::members;
use super::params;
use super::text;
use super::with_line;
use crate::flow::Noted;

/// A request on the back channel of which the log knows: from this process straight to another one.
#[derive(Debug)]
pub struct Sent {
    flow: Option<u64>,
    noted: Option<Noted>,
}

impl Sent {
    /// Writes that this request is being sent. `authorization` is that header, `form` the body.
    pub fn of(method: &str, url: &str, authorization: Option<&str>, form: &str) -> Sent {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut values = Values::default();
        params::collect(query, &mut values);
        params::collect(form, &mut values);
        collect_bearer(authorization, &mut values);
        let flow = values.find();
        with_line(|line| {
            push_head(line, flow, CLIENT, "->");
            text::push_cut(line, method, 10);
            line.push(' ');
            text::push_cut(line, address, 100);
            params::push_all(line, query);
            params::push_all(line, form);
            push_authorization(line, authorization);
        });
        let noted = Noted::sent(flow, method, url, authorization, form);
        Sent { flow, noted }
    }

    /// Writes what came back: the status, and the members of a JSON answer or what else it was.
    pub fn answered(self, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
        if let Some(noted) = self.noted {
            noted.received(status, headers, body);
        }
        let mut values = Values::default();
        with_line(|line| {
            push_head(line, self.flow, CLIENT, "<-");
            push_status(line, status);
            let start = line.len();
            if !members::push_all(line, body, &mut values) {
                line.truncate(start);
                push_content_type(line, headers, body);
            }
            if line.len() == start
                && let Some(challenge) = headers.get(WWW_AUTHENTICATE)
            {
                push_challenge(line, challenge);
            }
        });
        if let Some(flow) = self.flow {
            values.lead_to(flow);
        }
    }

    /// Writes that nothing came back that could be used, and why.
    pub fn failed(self, why: &str) {
        if let Some(noted) = self.noted {
            noted.failed(why);
        }
        with_line(|line| {
            push_head(line, self.flow, CLIENT, "<-");
            text::push_cut(line, why, 200);
        });
    }
}

fn push_content_type(line: &mut String, headers: &HeaderMap, body: &[u8]) {
    if !body.is_empty() {
        let content_type =
            headers.get(CONTENT_TYPE).map_or(&b"no Content-Type"[..], HeaderValue::as_bytes);
        line.push_str(" and no JSON (");
        text::push_cut(line, &String::from_utf8_lossy(content_type), 40);
        line.push(')');
    }
}
