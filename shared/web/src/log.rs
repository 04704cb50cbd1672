//! One line per message, in the colour of the process. Secrets are shortened.

use std::io::IsTerminal;
use std::io::Write;
use std::sync::OnceLock;

use axum::http::Method;
use axum::http::Uri;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
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
    let mut line = line();
    line.push_str(text);
    write(line);
}

/// The first characters of a secret: enough to recognise it, too few to use it.
pub fn shorten(secret: &str) -> String {
    format!("{}…", beginning(secret))
}

/// A request, remembered until its answer is known.
pub(crate) struct Arrival {
    method: Method,
    uri: Uri,
}

impl Arrival {
    pub(crate) fn of(request: &Parts, _form: Option<&[u8]>) -> Arrival {
        Arrival {
            method: request.method.clone(),
            uri: request.uri.clone(),
        }
    }

    /// Logs method, address and status, and where a redirect goes.
    pub(crate) fn answered(&self, response: &Response) {
        let mut line = line();
        line.push_str(self.method.as_str());
        line.push(' ');
        redact(&mut line, self.uri.path(), self.uri.query());
        line.push(' ');
        line.push_str(response.status().as_str());
        if let Some(target) = response.headers().get(LOCATION) {
            let target = String::from_utf8_lossy(target.as_bytes());
            let (path, query) = split(&target, '?');
            line.push_str(" -> ");
            redact(&mut line, path, query);
        }
        write(line);
    }
}

/// An empty line of the log, up to its text.
fn line() -> String {
    let mut line = String::with_capacity(512);
    line.push_str(PREFIX.get().map_or("", String::as_str));
    line.push(' ');
    line
}

/// Writes what waits to be written. Nothing does yet.
pub(crate) fn flush() {}

/// One write per line keeps lines whole; a closed terminal is no reason to end.
fn write(mut line: String) {
    line.push('\n');
    let _ = std::io::stdout().write_all(line.as_bytes());
}

/// Appends the address with every value shortened that might be a secret.
fn redact(line: &mut String, path: &str, query: Option<&str>) {
    push_clean(line, path);
    let mut separator = '?';
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        line.push(separator);
        separator = '&';
        let (name, value) = split(pair, '=');
        push_clean(line, cut(name, 40));
        match value {
            Some(value) if !value.is_empty() => redact_value(line, name, value),
            _ => {}
        }
    }
}

fn redact_value(line: &mut String, name: &str, value: &str) {
    line.push('=');
    if PLAIN.contains(&name) {
        push_clean(line, cut(value, 200));
    } else if HIDDEN.contains(&name) {
        line.push('…');
    } else {
        push_clean(line, beginning(value));
        line.push('…');
    }
}

/// A line of the log stays one line, whatever was sent.
fn push_clean(line: &mut String, text: &str) {
    if text.contains(char::is_control) {
        line.extend(text.chars().map(|c| if c.is_control() { '?' } else { c }));
    } else {
        line.push_str(text);
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn cut(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// Nothing of a short secret, six characters of a long one.
fn beginning(secret: &str) -> &str {
    match secret.chars().count() > 16 {
        true => cut(secret, 6),
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(path: &str, query: &str) -> String {
        let mut line = String::new();
        redact(&mut line, path, Some(query));
        line
    }

    #[test]
    fn secrets_are_shortened_and_the_rest_is_not() {
        let query = "code=abcdefghijklmnopqrstuvwxyz&state=0123456789&error=access_denied&password=secret1&x";
        let line = redacted("/callback", query);
        assert_eq!(line, "/callback?code=abcdef…&state=…&error=access_denied&password=…&x");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(redacted("/a\nb", "error=c\rd"), "/a?b?error=c?d");
    }
}
