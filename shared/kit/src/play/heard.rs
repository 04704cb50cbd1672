//! What the played server heard: one record per request, so that a check can judge what a client really sent.

use std::time::Instant;

use super::http::RawRequest;
use crate::encoding::{decode, query_pairs};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// One request that reached the played server.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When it was complete.
    pub at: Instant,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query's pairs, decoded, in order, repeats kept.
    pub query: Vec<(String, String)>,
    /// Header names in lower case, values, in order.
    pub headers: Vec<(String, String)>,
    /// The body's pairs, decoded, when it was a form; else empty.
    pub form: Vec<(String, String)>,
    /// The body, as sent.
    pub body: Vec<u8>,
}

impl Heard {
    /// Takes a raw request apart.
    pub fn new(raw: RawRequest) -> Self {
        let (path, query) = raw.target.split_once('?').unwrap_or((&raw.target, ""));
        let is_form = raw.header("content-type").is_some_and(|kind| {
            kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
        });
        let form = if is_form {
            pairs(&String::from_utf8_lossy(&raw.body))
        } else {
            Vec::new()
        };
        Self {
            at: Instant::now(),
            path: path.to_owned(),
            query: pairs(query),
            form,
            method: raw.method,
            headers: raw.headers,
            body: raw.body,
        }
    }

    /// The query parameter of this name, if it came exactly once and not empty (RFC 6749 §3.1).
    pub fn query(&self, name: &str) -> Option<&str> {
        only(&self.query, name)
    }

    /// The form field of this name, if it came exactly once and not empty (RFC 6749 §3.2).
    pub fn form(&self, name: &str) -> Option<&str> {
        only(&self.form, name)
    }

    /// The header of this name, if it came exactly once.
    pub fn header(&self, name: &str) -> Option<&str> {
        only(&self.headers, name)
    }

    /// User and password of HTTP Basic, both form-decoded (RFC 6749 §2.3.1).
    pub fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.credentials("basic")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((decode(user), decode(password)))
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    pub fn bearer(&self) -> Option<&str> {
        self.credentials("bearer")
    }

    /// Method, path and parameters on one line, for a failure's text.
    pub fn line(&self) -> String {
        let pairs = if self.form.is_empty() {
            &self.query
        } else {
            &self.form
        };
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        format!("{} {} {}", self.method, self.path, pairs.join(" ")).trim_end().to_owned()
    }

    fn credentials(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header("authorization")?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }
}

fn only<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() => Some(value),
        _ => None,
    }
}

/// `a=b&c=d` taken apart and decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    query_pairs(&format!("?{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(headers: &[(&str, &str)], target: &str) -> Heard {
        Heard::new(RawRequest {
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            body: Vec::new(),
        })
    }

    #[test]
    fn basic_is_form_decoded_after_base64() {
        let value = format!("bAsIc {}", BASE64_STANDARD.encode("demo%20client:a%3Ab+c"));
        let wanted = ("demo client".to_owned(), "a:b c".to_owned());
        assert_eq!(heard(&[("authorization", &value)], "/").basic(), Some(wanted));
    }

    #[test]
    fn a_repeated_or_empty_parameter_counts_as_absent() {
        let heard = heard(&[], "/authorize?a=1&b=2&b=3&c=&d=x%20y+z");
        assert_eq!(heard.path, "/authorize");
        assert_eq!((heard.query("a"), heard.query("b"), heard.query("c")), (Some("1"), None, None));
        assert_eq!(heard.query("d"), Some("x y z"));
    }
}
