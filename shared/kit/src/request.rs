//! A request as it will be sent, byte for byte.

use crate::encoding::{base64, encode, encode_pairs};

/// The media type of HTML forms and of all OAuth requests with a body (RFC 6749 App. B).
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A request as it will be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Name and value, in order; a name may stand twice.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A request without body.
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Request {
            method: method.to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// A GET.
    pub fn get(url: impl Into<String>) -> Self {
        Request::new("GET", url)
    }

    /// A POST of a form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(url: impl Into<String>, pairs: &[(N, V)]) -> Self {
        Request::new("POST", url).body(FORM, encode_pairs(pairs))
    }

    /// The same request with a body.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    /// The same request with one more header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// HTTP Basic for a client: both parts are form-encoded first (RFC 6749 §2.3.1).
    pub fn basic(self, client_id: &str, client_secret: &str) -> Self {
        let pair = format!("{}:{}", encode(client_id), encode(client_secret));
        self.header("Authorization", format!("Basic {}", base64(pair.as_bytes())))
    }

    /// A Bearer token (RFC 6750 §2.1).
    pub fn bearer(self, access_token: &str) -> Self {
        self.header("Authorization", format!("Bearer {access_token}"))
    }

    /// The request as text, for people.
    pub fn text(&self) -> String {
        let mut text = format!("{} {}", self.method, short(&self.url, 600));
        for (name, value) in &self.headers {
            text += &format!("\n{name}: {}", short(value, 300));
        }
        if let Some(body) = &self.body {
            text += &format!("\n\n{}", short(&String::from_utf8_lossy(body), 800));
        }
        text
    }
}

/// The start of a long text, and how long it was.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes in all)", &text[..end], text.len()),
    }
}
