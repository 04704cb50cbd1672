//! One line per message, in the colour of the process. Secrets are shortened.

use std::io::IsTerminal;
use std::io::Write;
use std::sync::OnceLock;

use axum::extract::Request;
use axum::http::Method;
use axum::http::Uri;
use axum::http::header::LOCATION;
use axum::response::Response;

use crate::process::Role;

/// `[v03 server]`, coloured when a person watches. Set once, at the start.
static PREFIX: OnceLock<String> = OnceLock::new();

/// Parameters whose values are no secret. Every other value is shortened.
const PLAIN: [&str; 12] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "code_challenge_method",
    "error",
    "error_description",
    "format",
    "grant_type",
    "scope",
    "resource",
    "token_type",
    "from",
];

/// Parameters of which not even the beginning is shown.
const HIDDEN: [&str; 2] = ["password", "client_secret"];

pub(crate) fn set_up(role: Role, version: &str) {
    let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let wanted = std::env::var("LAB_COLOR").is_ok_and(|value| value == "1");
    let name = format!("[{version} {}]", role.folder());
    let prefix = match coloured || wanted {
        true => format!("\x1b[{}m{name}\x1b[0m", role.terminal_colour()),
        false => name,
    };
    let _ = PREFIX.set(prefix);
}

/// Writes one line to the log of this process. The caller shortens secrets.
pub fn notice(text: &str) {
    let prefix = PREFIX.get().map_or("", String::as_str);
    // One write per line keeps lines whole; a closed terminal is no reason to end.
    let _ = std::io::stdout().write_all(format!("{prefix} {text}\n").as_bytes());
}

/// The first characters of a secret: enough to recognise it, too few to use it.
pub fn shorten(secret: &str) -> String {
    match secret.char_indices().nth(6) {
        Some((end, _)) => format!("{}…", &secret[..end]),
        None => "…".to_string(),
    }
}

/// A request, remembered until its answer is known.
pub(crate) struct Message {
    method: Method,
    uri: Uri,
}

impl Message {
    pub(crate) fn of(request: &Request) -> Message {
        Message {
            method: request.method().clone(),
            uri: request.uri().clone(),
        }
    }

    /// Logs method, address and status, and where a redirect goes.
    pub(crate) fn log(&self, response: &Response) {
        let (method, status) = (&self.method, response.status().as_u16());
        let address = redact(&self.uri.to_string());
        let target =
            response.headers().get(LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()));
        match target {
            Some(to) => notice(&format!("{method} {address} {status} -> {}", redact(&to))),
            None => notice(&format!("{method} {address} {status}")),
        }
    }
}

/// The address with every value shortened that might be a secret, and without control characters.
fn redact(address: &str) -> String {
    let address: String = address.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let Some((path, query)) = address.split_once('?') else {
        return address;
    };
    let pairs: Vec<String> = query.split('&').map(redact_pair).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn redact_pair(pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match name {
        _ if value.is_empty() => shorten_name(pair),
        _ if PLAIN.contains(&name) => format!("{name}={}", cut(value, 200)),
        _ if HIDDEN.contains(&name) => format!("{name}=…"),
        _ => format!("{}={}", shorten_name(name), shorten(value)),
    }
}

/// A name can be as long as the sender likes.
fn shorten_name(name: &str) -> String {
    cut(name, 40)
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_shortened_and_the_rest_is_not() {
        let line = redact(
            "/callback?code=abcdefghijklmnop&state=0123456789&error=access_denied&password=secret1",
        );
        assert_eq!(line, "/callback?code=abcdef…&state=012345…&error=access_denied&password=…");
    }

    #[test]
    fn a_short_secret_is_not_shown_at_all() {
        assert_eq!(redact("/a?code=short"), "/a?code=…");
    }
}
