//! The browser's session: a cookie with a random id, and a few strings kept on this side.
//!
//! Only a route that asks for a [`Session`] pays for one: the first look loads it, and after the answer it is saved,
//! and its cookie sent, if it was changed.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::COOKIE;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::Response;
use tower_sessions::Expiry;
use tower_sessions::cookie::Cookie;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration as Seconds;
use tower_sessions::session::Error;
use tower_sessions::session::Id;

use crate::Problem;
use crate::sessions::LOGGED_IN;
use crate::sessions::Sessions;
use crate::sessions::is_over;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The session of the browser that sent this request. It exists once something has been set.
///
/// tower-sessions loads and saves it as a whole. What must work once, or survive two tabs, is therefore a row of
/// a [`store::Table`] and not a value in here.
#[derive(Clone, Debug)]
pub struct Session {
    session: tower_sessions::Session,
    sessions: Arc<Sessions>,
    /// What keeps the sessions did not answer when it was asked whose cookie this is.
    unknown: bool,
    /// What keeps the sessions did not answer, and nobody was told yet.
    failed: Arc<AtomicBool>,
}

/// What keeps the sessions does not answer. Only where [`keep_sessions`](crate::keep_sessions) moved them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionsGone;

impl Session {
    /// The value of that name, if it was set.
    ///
    /// If what keeps the sessions does not answer, there is none, and the answer to this request becomes a 503.
    pub async fn get(&self, name: &str) -> Option<String> {
        self.try_get(name).await.unwrap_or_else(|SessionsGone| {
            self.failed.store(true, Ordering::Relaxed);
            None
        })
    }

    /// The value of that name, if it was set, for whoever has a better answer than a page when nobody knows.
    ///
    /// # Errors
    /// What keeps the sessions does not answer.
    pub async fn try_get(&self, name: &str) -> Result<Option<String>, SessionsGone> {
        match self.unknown {
            true => Err(SessionsGone),
            false => self.session.get(name).await.map_err(|_| SessionsGone),
        }
    }

    /// Sets a value. The answer to this request carries the cookie, and the session's life begins anew.
    ///
    /// A session that holds `user_id` or `login` lives for twelve hours, every other one for `LAB_TTL_STATE`.
    pub async fn set(&self, name: &str, value: &str) {
        self.note(self.try_get(name).await);
        self.note(self.session.insert(name, value).await);
        // The same value again is a change, too: the session lives longer for it.
        self.session.set_expiry(None);
    }

    /// Gives the session a new id: whoever planted or saw the old one is left with nothing, at once.
    pub async fn renew(&self) {
        let old = self.session.id();
        self.note(self.session.cycle_id().await);
        self.note(self.sessions.forget(old).await);
    }

    /// Gives the session a new id. For ten seconds, requests with the old one find what the session held before
    /// this request: two tabs may come back at the same moment, both with the old cookie.
    pub async fn renew_with_grace(&self) {
        self.sessions.keep_for_late_ones(self.session.id());
        self.note(self.session.cycle_id().await);
    }

    /// Ends the session: the values are gone, and the cookie with them.
    pub async fn end(&self) {
        let old = self.session.id();
        self.note(self.session.flush().await);
        self.note(self.sessions.forget(old).await);
    }

    async fn open(sessions: Arc<Sessions>, headers: &HeaderMap) -> Session {
        // Several cookies may have our name, when somebody planted one. The first that is known here counts.
        let ids: Vec<Id> = ids(headers, sessions.cookie()).collect();
        let (mut known, mut unknown) = (None, false);
        for id in &ids {
            // There is nothing to choose: whoever reads it finds out whether it is known.
            let found = if ids.len() == 1 {
                Ok(true)
            } else {
                sessions.knows(id).await
            };
            unknown |= found.is_err();
            if found.unwrap_or_default() {
                known = Some(*id);
                break;
            }
        }
        Session {
            session: tower_sessions::Session::new(known, sessions.clone(), None),
            sessions,
            unknown: unknown && known.is_none(),
            failed: Arc::default(),
        }
    }

    /// Without what keeps the sessions, nobody knows whose request this is.
    fn note<T, E>(&self, done: Result<T, E>) {
        if done.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Saves what was changed. `Some` is the cookie that the answer must carry.
    async fn close(&self) -> Option<HeaderValue> {
        if !self.session.is_modified() || self.has_failed() {
            return None;
        }
        if self.is_over().await {
            return self.cookie("", Duration::ZERO);
        }
        let lifetime = self.sessions.lifetime(self.is_logged_in().await);
        self.session.set_expiry(Some(Expiry::OnInactivity(seconds(lifetime))));
        match self.session.save().await {
            Ok(()) => {}
            // Another request ended or renewed the session meanwhile: that one sent the cookie that counts.
            Err(Error::Store(why)) if is_over(&why) => return None,
            Err(why) => self.note(Err::<(), _>(why)),
        }
        self.cookie(&self.session.id()?.to_string(), lifetime)
    }

    /// It was changed, and nothing is left in it.
    async fn is_over(&self) -> bool {
        self.session.is_empty().await
    }

    async fn is_logged_in(&self) -> bool {
        for name in LOGGED_IN {
            if let Ok(Some(_)) = self.session.get_value(name).await {
                return true;
            }
        }
        false
    }

    fn cookie(&self, id: &str, lifetime: Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.sessions.cookie(), id))
            .http_only(true)
            // Strict would drop the cookie when the other site redirects the browser back.
            .same_site(SameSite::Lax)
            // No Secure: the lab speaks http on loopback.
            .path("/")
            .max_age(seconds(lifetime));
        HeaderValue::try_from(cookie.to_string()).ok()
    }
}

fn seconds(duration: Duration) -> Seconds {
    Seconds::try_from(duration).unwrap_or(Seconds::MAX)
}

/// The well-formed ids in cookies of that name. A cookie that is no text is no reason to lose the others.
fn ids<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = Id> + 'a {
    let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let cookies = lines.flat_map(|line| line.split(|byte| *byte == b';'));
    cookies.filter_map(move |cookie| {
        let cookie = std::str::from_utf8(cookie.trim_ascii()).ok()?;
        cookie.strip_prefix(name)?.strip_prefix('=')?.parse().ok()
    })
}

tokio::task_local! {
    /// The session of the request that this task answers.
    static SLOT: Slot;
}

struct Slot {
    sessions: Arc<Sessions>,
    opened: OnceCell<Session>,
}

/// Waits for the answer to one request. If a route asked for the session and changed it, it is saved here.
pub(crate) async fn around(
    sessions: &Arc<Sessions>,
    answer: impl Future<Output = Result<Response, Infallible>>,
) -> Response {
    let slot = Slot {
        sessions: sessions.clone(),
        opened: OnceCell::new(),
    };
    let answered = async {
        let Ok(response) = answer.await;
        (response, SLOT.with(|slot| slot.opened.get().cloned()))
    };
    let (mut response, opened) = SLOT.scope(slot, answered).await;
    let Some(session) = opened else {
        return response;
    };
    let cookie = session.close().await;
    if session.has_failed() {
        return unavailable();
    }
    if let Some(cookie) = cookie {
        if session.is_over().await {
            // Chromium keeps whole pages for its Back button, `no-store` ones too, and Back would show what the
            // person who logged out has read (W3C Clear Site Data §3.1).
            response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
        }
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The page of a process that cannot tell whose request this is. Whatever was done meanwhile leads nowhere.
fn unavailable() -> Response {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        what: "What keeps the sessions of this server does not answer.".into(),
        rule: "Without it, nobody is taken for logged in, and nobody for logged out.",
        hint: "Try again in a moment. The terminal says what is wrong.".into(),
    }
    .into_response()
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Session, Self::Rejection> {
        let nowhere = (StatusCode::INTERNAL_SERVER_ERROR, "Sessions live in a running process.");
        let slot = SLOT.try_with(|slot| (slot.sessions.clone(), slot.opened.get().cloned()));
        let (sessions, opened) = slot.map_err(|_| nowhere)?;
        if let Some(opened) = opened {
            return Ok(opened);
        }
        let session = Session::open(sessions, &parts.headers).await;
        Ok(SLOT.with(|slot| slot.opened.get_or_init(|| session).clone()))
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
