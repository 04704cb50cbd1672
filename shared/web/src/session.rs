//! The browser's session: a cookie with a random id, and a few strings kept on this side.

use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use std::time::Duration;
use std::time::SystemTime;
use store::Table;
use tower_sessions::Expiry;
use tower_sessions::SessionManagerLayer;
use tower_sessions::SessionStore;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::Id;
use tower_sessions::session::Record;
use tower_sessions::session_store;

use crate::process::Role;

/// A session ends after this time without a change.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// What an id that was just replaced still finds, and for how long. Two tabs may come back at the same moment,
/// both with the old cookie: the second must still find the flow that it started, and nothing else.
const SURVIVES: &str = "browser";
const GRACE: Duration = Duration::from_secs(10);

/// The session of the browser that sent this request. It exists once something has been set.
///
/// tower-sessions loads and saves it as a whole. What must work once, or survive two tabs, is therefore a row of
/// a [`store::Table`] and not a value in here.
#[derive(Clone, Debug)]
pub struct Session(tower_sessions::Session);

impl Session {
    /// The value of that name, if it was set.
    pub async fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).await.ok().flatten()
    }

    /// Sets a value. The answer to this request carries the cookie.
    pub async fn set(&self, name: &str, value: &str) {
        // The store below cannot fail, and a string can always be written.
        let _ = self.0.insert(name, value).await;
    }

    /// Gives the session a new id: whoever planted or saw the old one is left with nothing.
    pub async fn renew(&self) {
        let _ = self.0.cycle_id().await;
    }

    /// Ends the session: the values are gone, and the cookie with them.
    pub async fn end(&self) {
        // Emptied first, so that nothing survives under the old id.
        self.0.clear().await;
        let _ = self.0.save().await;
        let _ = self.0.flush().await;
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Session, Self::Rejection> {
        tower_sessions::Session::from_request_parts(parts, state).await.map(Session)
    }
}

/// The layer that gives a process its sessions, at most `max_rows` of them.
pub(crate) fn layer(role: Role, max_rows: usize) -> SessionManagerLayer<Sessions> {
    let sessions = Sessions {
        current: Table::new(max_rows),
        replaced: Table::new(max_rows),
    };
    SessionManagerLayer::new(sessions)
        // Cookies ignore ports: two processes on `localhost` need two names.
        .with_name(role.cookie())
        .with_http_only(true)
        // Strict would drop the cookie when the other site redirects the browser back.
        .with_same_site(SameSite::Lax)
        // The lab speaks http on loopback.
        .with_secure(false)
        .with_expiry(Expiry::OnInactivity(lifetime()))
}

fn lifetime() -> tower_sessions::cookie::time::Duration {
    tower_sessions::cookie::time::Duration::seconds(LIFETIME.as_secs() as i64)
}

/// Sessions in bounded tables. The library's own memory store has no bound.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    current: Table<Record>,
    replaced: Table<Record>,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        record.id = Id::default();
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let keep_until = SystemTime::from(record.expiry_date);
        self.current.insert(&record.id.to_string(), record.clone(), keep_until);
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let id = id.to_string();
        Ok(self.current.get(&id).or_else(|| self.replaced.get(&id)))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let id = id.to_string();
        if let Some(mut record) = self.current.get(&id) {
            record.data.retain(|name, _| name == SURVIVES);
            if !record.data.is_empty() {
                self.replaced.insert(&id, record, SystemTime::now() + GRACE);
            }
        }
        self.current.remove(&id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn sessions() -> Arc<Sessions> {
        Arc::new(Sessions {
            current: Table::new(10),
            replaced: Table::new(10),
        })
    }

    async fn open(sessions: &Arc<Sessions>, id: Option<Id>) -> Session {
        let expiry = Expiry::OnInactivity(lifetime());
        Session(tower_sessions::Session::new(id, sessions.clone(), Some(expiry)))
    }

    #[tokio::test]
    async fn a_replaced_id_finds_the_browser_key_and_nothing_else() {
        let sessions = sessions();
        let session = open(&sessions, None).await;
        session.set("browser", "key").await;
        session.set("tokens", "secret").await;
        session.0.save().await.unwrap();
        let old = session.0.id();
        session.renew().await;
        session.0.save().await.unwrap();
        assert_ne!(session.0.id(), old);
        let late = open(&sessions, old).await;
        assert_eq!(late.get("browser").await.as_deref(), Some("key"));
        assert_eq!(late.get("tokens").await, None);
        assert_eq!(session.get("tokens").await.as_deref(), Some("secret"));
    }

    #[tokio::test]
    async fn an_ended_session_leaves_nothing() {
        let sessions = sessions();
        let session = open(&sessions, None).await;
        session.set("browser", "key").await;
        session.0.save().await.unwrap();
        let old = session.0.id();
        session.end().await;
        assert_eq!(open(&sessions, old).await.get("browser").await, None);
        assert!(sessions.current.is_empty() && sessions.replaced.is_empty());
    }
}
