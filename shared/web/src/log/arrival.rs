//! A message that arrives, and the answer to it.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::header::COOKIE;
use axum::http::header::LOCATION;
use axum::http::header::SET_COOKIE;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::request::Parts;
use axum::response::Response;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;

use super::ROLE;
use super::Reason;
use super::flow::Values;
use super::members;
use super::params;
use super::text;
use super::with_line;

/// What an application sends here itself, without a browser in between.
const BACK_CHANNEL: [&str; 2] = ["/token", "/api/"];

/// Where a flow begins: at the client, and at the server.
const BEGINS: [&str; 2] = ["/start", "/authorize"];

/// What is no part of the story.
const NOT_TOLD: [&str; 4] = [
    "/healthz",
    "/style.css",
    "/favicon.ico",
    "/debug/",
];

/// The words for both ways that a message can take.
pub(crate) const BROWSER: &str = "browser";
pub(crate) const CLIENT: &str = "client (back channel)";

/// A request of which the log knows. It has a second line: the answer, or that there was none.
pub(crate) struct Arrival {
    who: &'static str,
    flow: Option<u64>,
    /// Whether there is still a line to come.
    open: bool,
}

impl Arrival {
    /// Writes that this message has arrived. `form` is its body, if that is a form.
    pub(crate) fn of(parts: &Parts, form: Option<&[u8]>) -> Arrival {
        let path = parts.uri.path();
        if starts_with_one(path, &NOT_TOLD) {
            return Arrival {
                who: BROWSER,
                flow: None,
                open: false,
            };
        }
        let who = if is_back_channel(path) {
            CLIENT
        } else {
            BROWSER
        };
        let query = parts.uri.query().unwrap_or_default();
        let form = std::str::from_utf8(form.unwrap_or_default()).unwrap_or_default();
        let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());

        let mut values = Values::default();
        params::collect(query, &mut values);
        params::collect(form, &mut values);
        collect_bearer(authorization, &mut values);
        collect_cookie(&parts.headers, COOKIE, &mut values);
        let begins = parts.method == Method::GET && BEGINS.contains(&path);
        let flow = if begins {
            Some(values.begin())
        } else {
            values.find()
        };

        with_line(|line| {
            push_head(line, flow, who, "->");
            text::push_cut(line, parts.method.as_str(), 10);
            line.push(' ');
            text::push_cut(line, path, 60);
            params::push_all(line, query);
            params::push_all(line, form);
            push_authorization(line, authorization);
        });
        Arrival {
            who,
            flow,
            open: true,
        }
    }

    /// The number of its flow, and whether it is told at all.
    pub(crate) fn told(&self) -> Option<Option<u64>> {
        self.open.then_some(self.flow)
    }

    /// Writes what the answer is: its status, where it sends the browser, or why it refuses.
    pub(crate) fn answered(mut self, response: &Response, json: Option<&[u8]>) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let status = response.status();
        let mut values = Values::default();
        with_line(|line| {
            push_head(line, self.flow, self.who, "<-");
            match response.headers().get(LOCATION) {
                Some(target) => push_redirect(line, status, target, &mut values),
                None => push_status(line, status),
            }
            push_content(line, response, json, &mut values);
        });
        if let Some(flow) = self.flow {
            collect_cookie(response.headers(), SET_COOKIE, &mut values);
            values.lead_to(flow);
        }
    }
}

impl Drop for Arrival {
    /// The browser gave up before the answer was there, or a handler failed.
    fn drop(&mut self) {
        if self.open {
            with_line(|line| {
                push_head(line, self.flow, self.who, "<-");
                line.push_str("no answer: the connection was closed first");
            });
        }
    }
}

/// `#1  browser -> `. A message of no flow leaves the number's place empty.
pub(crate) fn push_head(line: &mut String, flow: Option<u64>, who: &str, arrow: &str) {
    let start = line.len();
    if let Some(flow) = flow {
        line.push('#');
        push_number(line, flow);
        line.push(' ');
    }
    while line.len() - start < 4 {
        line.push(' ');
    }
    line.push_str(who);
    line.push(' ');
    line.push_str(arrow);
    line.push(' ');
}

fn push_number(line: &mut String, number: u64) {
    use std::fmt::Write;
    let _ = write!(line, "{number}");
}

pub(crate) fn push_status(line: &mut String, status: StatusCode) {
    line.push_str(status.as_str());
    line.push(' ');
    line.push_str(status.canonical_reason().unwrap_or("(a status of its own)"));
}

fn push_redirect(line: &mut String, status: StatusCode, target: &HeaderValue, values: &mut Values) {
    let target = String::from_utf8_lossy(target.as_bytes());
    let target = target.split('#').next().unwrap_or_default();
    let (address, query) = target.split_once('?').unwrap_or((target, ""));
    line.push_str(status.as_str());
    line.push_str(" redirect to ");
    text::push_cut(line, address, 100);
    params::push_all(line, query);
    params::collect(query, values);
}

/// The members of a short JSON answer, or why a page or a challenge refuses.
fn push_content(line: &mut String, response: &Response, json: Option<&[u8]>, values: &mut Values) {
    let start = line.len();
    if let Some(json) = json {
        if !members::push_all(line, json, values) {
            line.truncate(start);
        }
    } else if let Some(Reason(reason)) = response.extensions().get() {
        line.push_str(": ");
        text::push_cut(line, reason, 200);
    }
    if line.len() == start
        && let Some(challenge) = response.headers().get(WWW_AUTHENTICATE)
    {
        push_challenge(line, challenge);
    }
}

/// The error of a challenge (RFC 6750 §3), or its scheme where nobody has failed yet.
pub(crate) fn push_challenge(line: &mut String, challenge: &HeaderValue) {
    let challenge = challenge.to_str().unwrap_or_default();
    for name in ["error", "error_description"] {
        let value = challenge.split_once(&format!("{name}=\"")).map(|(_, rest)| rest);
        if let Some(value) = value.and_then(|value| value.split('"').next()) {
            line.push(' ');
            params::push(line, name, value);
        }
    }
    if !challenge.contains("error=") {
        line.push_str(", which asks for ");
        text::push_cut(line, challenge.split(' ').next().unwrap_or_default(), 20);
    }
}

/// `Authorization: Basic demo-client:…` or `Authorization: Bearer abcdef…`; of anything else only that it is there.
pub(crate) fn push_authorization(line: &mut String, authorization: Option<&str>) {
    let Some(authorization) = authorization else {
        return;
    };
    let (scheme, credentials) = authorization.split_once(' ').unwrap_or((authorization, ""));
    // Kept together where the line breaks.
    line.push_str(" Authorization:\u{a0}");
    if scheme.eq_ignore_ascii_case("Basic") {
        line.push_str("Basic\u{a0}");
        push_basic_user(line, credentials.trim_start());
        line.push('…');
    } else if scheme.eq_ignore_ascii_case("Bearer") {
        line.push_str("Bearer\u{a0}");
        text::push_short(line, credentials.trim_start());
    } else {
        // A scheme that is not known may be a token that somebody sent without one.
        line.push('…');
    }
}

fn push_basic_user(line: &mut String, credentials: &str) {
    let decoded = BASE64_STANDARD.decode(text::cut(credentials, 1024)).unwrap_or_default();
    let decoded = String::from_utf8_lossy(&decoded);
    // Without a colon it may all be a secret.
    if let Some((user, _)) = decoded.split_once(':') {
        text::push_cut(line, &text::decode(user), 40);
        line.push(':');
    }
}

pub(crate) fn collect_bearer(authorization: Option<&str>, values: &mut Values) {
    if let Some((scheme, token)) = authorization.and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("Bearer")
    {
        values.add(token.trim_start());
    }
}

/// The id in this process's own session cookie.
fn collect_cookie(headers: &HeaderMap, header: axum::http::HeaderName, values: &mut Values) {
    let Some(role) = ROLE.get() else {
        return;
    };
    for cookies in headers.get_all(header).iter().take(4) {
        let cookies = cookies.to_str().unwrap_or_default();
        let ids = cookies.split(';').filter_map(|cookie| cookie.trim_start().split_once('='));
        if let Some((_, id)) = ids.take(50).find(|(name, _)| *name == role.cookie()) {
            values.add(id);
        }
    }
}

/// Whether an application calls this path itself, without a browser in between.
pub(crate) fn is_back_channel(path: &str) -> bool {
    starts_with_one(path, &BACK_CHANNEL)
}

fn starts_with_one(path: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| match start.strip_suffix('/') {
        Some(folder) => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        None => path == *start,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorization(value: &str) -> String {
        let mut line = String::new();
        push_authorization(&mut line, Some(value));
        line.replace('\u{a0}', " ")
    }

    #[test]
    fn credentials_in_the_header_are_never_shown() {
        let basic = format!("Basic {}", BASE64_STANDARD.encode("demo-client:demo-secret"));
        assert_eq!(authorization(&basic), " Authorization: Basic demo-client:…");
        let without_colon = format!("basic {}", BASE64_STANDARD.encode("demo-secret"));
        assert_eq!(authorization(&without_colon), " Authorization: Basic …");
        let bearer = "Bearer abcdefghijklmnopqrstuvwxyz";
        assert_eq!(authorization(bearer), " Authorization: Bearer abcdef…");
        assert_eq!(authorization("abcdefghijklmnopqrstuvwxyz"), " Authorization: …");
        assert_eq!(authorization("Digest abcdefghijklmnopqrstuvwxyz"), " Authorization: …");
    }

    #[test]
    fn the_noise_is_left_out_and_nothing_else() {
        for path in [
            "/healthz",
            "/style.css",
            "/debug/state",
            "/debug/flow",
        ] {
            assert!(starts_with_one(path, &NOT_TOLD), "{path}");
        }
        for path in [
            "/",
            "/healthz/x",
            "/style.cssx",
            "/debugger",
            "/authorize",
        ] {
            assert!(!starts_with_one(path, &NOT_TOLD), "{path}");
        }
    }

    #[test]
    fn a_challenge_says_what_was_wrong() {
        let said = |challenge: &'static str| {
            let mut line = String::new();
            push_challenge(&mut line, &HeaderValue::from_static(challenge));
            line
        };
        let refused =
            "Bearer realm=\"x\", error=\"invalid_token\", error_description=\"It has expired.\"";
        assert_eq!(said(refused), " error=invalid_token error_description=\"It has expired.\"");
        assert_eq!(said("Bearer realm=\"x\""), ", which asks for Bearer");
    }

    #[test]
    fn a_line_begins_with_the_number_of_its_flow() {
        let head = |flow| {
            let mut line = String::new();
            push_head(&mut line, flow, BROWSER, "->");
            line
        };
        assert_eq!(head(Some(1)), "#1  browser -> ");
        assert_eq!(head(Some(1234)), "#1234 browser -> ");
        assert_eq!(head(None), "    browser -> ");
    }
}
