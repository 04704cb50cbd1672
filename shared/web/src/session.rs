//! The browser's session: a cookie with a random id, and a few strings kept on this side.
//!
//! Only a route that asks for a [`Session`] pays for one: the first look loads it, and after the answer it is saved,
//! and its cookie sent, if it was changed.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::COOKIE;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::Response;
use tower_sessions::Expiry;
use tower_sessions::cookie::Cookie;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration as Seconds;
use tower_sessions::session::Id;

use crate::sessions::LOGGED_IN;
use crate::sessions::Sessions;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The session of the browser that sent this request. It exists once something has been set.
///
/// tower-sessions loads and saves it as a whole. What must work once, or survive two tabs, is therefore a row of
/// a [`store::Table`] and not a value in here.
#[derive(Clone, Debug)]
pub struct Session {
    session: tower_sessions::Session,
    sessions: Arc<Sessions>,
}

impl Session {
    /// The value of that name, if it was set.
    pub async fn get(&self, name: &str) -> Option<String> {
        self.session.get(name).await.ok().flatten()
    }

    /// Sets a value. The answer to this request carries the cookie, and the session's life begins anew.
    ///
    /// A session that holds `user_id` or `login` lives for twelve hours, every other one for `LAB_TTL_STATE`.
    pub async fn set(&self, name: &str, value: &str) {
        // The store behind it cannot fail, and a string can always be written.
        let _ = self.session.insert(name, value).await;
        // The same value again is a change, too: the session lives longer for it.
        self.session.set_expiry(None);
    }

    /// Gives the session a new id: whoever planted or saw the old one is left with nothing, at once.
    pub async fn renew(&self) {
        let old = self.session.id();
        let _ = self.session.cycle_id().await;
        self.sessions.forget(old);
    }

    /// Gives the session a new id. For ten seconds, requests with the old one find what the session held before
    /// this request: two tabs may come back at the same moment, both with the old cookie.
    pub async fn renew_with_grace(&self) {
        self.sessions.keep_for_late_ones(self.session.id());
        let _ = self.session.cycle_id().await;
    }

    /// Ends the session: the values are gone, and the cookie with them.
    pub async fn end(&self) {
        let old = self.session.id();
        let _ = self.session.flush().await;
        self.sessions.forget(old);
    }

    fn open(sessions: &Arc<Sessions>, headers: &HeaderMap) -> Session {
        // Several cookies may have our name, when somebody planted one. The first that is known here counts.
        let id = ids(headers, sessions.cookie()).find(|id| sessions.knows(id));
        Session {
            session: tower_sessions::Session::new(id, sessions.clone(), None),
            sessions: sessions.clone(),
        }
    }

    /// Saves what was changed. `Some` is the cookie that the answer must carry.
    async fn close(&self) -> Option<HeaderValue> {
        if !self.session.is_modified() {
            return None;
        }
        if self.is_over().await {
            return self.cookie("", Duration::ZERO);
        }
        let lifetime = self.sessions.lifetime(self.is_logged_in().await);
        self.session.set_expiry(Some(Expiry::OnInactivity(seconds(lifetime))));
        // It fails when another request ended or renewed the session meanwhile: that one sent the cookie that counts.
        self.session.save().await.ok()?;
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
    if let Some(session) = opened
        && let Some(cookie) = session.close().await
    {
        if session.is_over().await {
            // Chromium keeps whole pages for its Back button, `no-store` ones too, and Back would show what the
            // person who logged out has read (W3C Clear Site Data §3.1).
            response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
        }
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Session, Self::Rejection> {
        let open = |slot: &Slot| {
            let open = || Session::open(&slot.sessions, &parts.headers);
            slot.opened.get_or_init(open).clone()
        };
        let nowhere = (StatusCode::INTERNAL_SERVER_ERROR, "Sessions live in a running process.");
        SLOT.try_with(open).map_err(|_| nowhere)
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
