//! A message is written down when it arrives or is sent, and completed when it is answered.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::Response;
use picture::Answer;
use picture::Note;
use picture::Target;
use store::Watch;

use super::DESK;
use super::Desk;
use super::item;
use super::ring::Shared;
use super::ring::lock;
use super::watcher::Watcher;
use crate::log;
use crate::log::Reason;
use crate::log::text;

/// A program with several browsers says by this header which one it plays: a word in lower case.
const BROWSER: &str = "lab-browser";

/// A message that was written down. If it is dropped without an answer, the note says so.
pub(crate) struct Noted {
    desk: &'static Desk,
    note: Shared,
    open: bool,
}

impl Noted {
    /// Notes a message that arrives. `None` when nothing is noted, or too much came just now.
    pub(crate) fn arrived(
        flow: Option<u64>,
        near: bool,
        parts: &Parts,
        form: Option<&[u8]>,
    ) -> Option<Noted> {
        DESK.get()?.arrived(flow, near, parts, form)
    }

    /// Notes a message that this process sends itself.
    pub(crate) fn sent(
        flow: Option<u64>,
        method: &str,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> Option<Noted> {
        let desk = DESK.get()?;
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let target = desk.target(address);
        let to = target.part.clone().unwrap_or_default();
        desk.note(flow, desk.part(), &to, true, |note| {
            note.method = clean(method, 10);
            note.path = target.path;
            item::parameters(query, &mut note.items);
            item::parameters(form, &mut note.items);
            item::authorization(authorization, &mut note.items);
        })
    }

    /// Sees what is done with rows until the answer is there.
    pub(crate) fn watch(&self) -> Arc<dyn Watch> {
        Arc::new(Watcher {
            desk: self.desk,
            note: self.note.clone(),
        })
    }

    /// Completes the note of a message that arrived.
    pub(crate) fn answered(self, response: &Response, json: Option<&[u8]>) {
        let reason = response.extensions().get().map(|Reason(reason)| clean(reason, 200));
        self.complete(response.status(), response.headers(), json, reason);
    }

    /// Completes the note of a message that was sent.
    pub(crate) fn received(self, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
        self.complete(status, headers, Some(body), None);
    }

    /// Nothing came back that could be used.
    pub(crate) fn failed(mut self, why: &str) {
        self.open = false;
        self.set(Answer {
            phrase: clean(why, 120),
            ..Answer::default()
        });
    }

    fn complete(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        json: Option<&[u8]>,
        reason: Option<String>,
    ) {
        self.open = false;
        let mut items = Vec::new();
        let location =
            headers.get(LOCATION).map(|target| String::from_utf8_lossy(target.as_bytes()));
        let target = location.as_deref().map(|target| {
            let target = target.split('#').next().unwrap_or_default();
            let (address, query) = target.split_once('?').unwrap_or((target, ""));
            item::parameters(query, &mut items);
            self.desk.target(address)
        });
        item::members(json.unwrap_or_default(), &mut items);
        item::headers(headers, self.desk.role.cookie(), &mut items);
        self.set(Answer {
            status: status.as_u16(),
            phrase: status.canonical_reason().unwrap_or_default().to_string(),
            reason,
            target,
            items,
            ..Answer::default()
        });
    }

    fn set(&self, answer: Answer) {
        let at = self.desk.ring.now();
        lock(&self.note).answer = Some(Answer { at, ..answer });
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        if self.open {
            self.set(Answer {
                phrase: "no answer: the connection was closed first".to_string(),
                ..Answer::default()
            });
        }
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Noted").finish_non_exhaustive()
    }
}

impl Desk {
    fn arrived(
        &'static self,
        flow: Option<u64>,
        near: bool,
        parts: &Parts,
        form: Option<&[u8]>,
    ) -> Option<Noted> {
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let form = std::str::from_utf8(form.unwrap_or_default()).unwrap_or_default();
        let back = log::is_back_channel(path);
        let played =
            parts.headers.get(BROWSER).filter(|_| near).and_then(|name| name.to_str().ok());
        let played = played.filter(|name| {
            (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let from = played.unwrap_or(if back { "client" } else { "browser" });
        self.note(flow, from, self.part(), back, |note| {
            note.method = clean(parts.method.as_str(), 10);
            note.path = clean(path, 60);
            item::parameters(query, &mut note.items);
            item::parameters(form, &mut note.items);
            item::authorization(authorization, &mut note.items);
            item::headers(&parts.headers, self.role.cookie(), &mut note.items);
        })
    }

    fn note(
        &'static self,
        flow: Option<u64>,
        from: &str,
        to: &str,
        back: bool,
        write: impl FnOnce(&mut Note),
    ) -> Option<Noted> {
        let note = self.ring.add(|note| {
            note.by = self.part().to_string();
            note.flow = flow;
            note.from = from.to_string();
            note.to = to.to_string();
            note.back = back;
            write(note);
        })?;
        Some(Noted {
            desk: self,
            note,
            open: true,
        })
    }

    /// Whose address this is: one of the pair's, or somebody else's.
    fn target(&self, address: &str) -> Target {
        for (part, url) in [
            ("client", &self.client_url),
            ("server", &self.server_url),
        ] {
            if let Some(path) = address.strip_prefix(url.as_str())
                && (path.is_empty() || path.starts_with('/'))
            {
                return at(part, if path.is_empty() { "/" } else { path });
            }
        }
        match address.starts_with('/') && !address.starts_with("//") {
            true => at(self.part(), address),
            false => Target {
                part: None,
                path: clean(address, 100),
            },
        }
    }
}

fn at(part: &str, path: &str) -> Target {
    Target {
        part: Some(part.to_string()),
        path: clean(path, 60),
    }
}

fn clean(text: &str, length: usize) -> String {
    let mut clean = String::new();
    text::push_cut(&mut clean, text, length);
    clean
}

#[cfg(test)]
mod tests;
