//! The sessions of browsers, in the store: whichever instance answers, the user is logged in.

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::Id;
use tower_sessions::session::Record;
use tower_sessions::session_store::Error;
use tower_sessions::session_store::Result;

use super::store::Store;
use super::store::Unavailable;
use super::table::Table;

/// Sealed, each under its session id: it holds the key of a browser.
pub struct Sessions {
    table: Table<Session>,
}

/// What is kept of a session. Its key is the session id.
#[derive(Clone, Serialize, Deserialize)]
struct Session {
    data: HashMap<String, Value>,
    /// Seconds since 1970.
    expires_at: i64,
}

impl Sessions {
    pub fn new(store: &Store) -> Sessions {
        Sessions {
            table: store.sealed("sessions", owner),
        }
    }
}

/// Whoever is not logged in shares one name: their flood ends nobody's login.
fn owner(session: &Session) -> &str {
    session.data.get("user_id").and_then(Value::as_str).unwrap_or_default()
}

fn session(record: &Record) -> Session {
    Session {
        data: record.data.clone(),
        expires_at: record.expiry_date.unix_timestamp(),
    }
}

fn gone(_: Unavailable) -> Error {
    Error::Backend("the store does not answer".into())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        record.id = Id::default();
        let expires_at = record.expiry_date.into();
        self.table.insert(&record.id.to_string(), session(record), expires_at).await.map_err(gone)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (key, expires_at) = (record.id.to_string(), record.expiry_date.into());
        let replaced =
            self.table.replace(&key, &session(record), expires_at).await.map_err(gone)?;
        // It may have ended since it was loaded: it must not come back to life.
        replaced.then_some(()).ok_or_else(web::session_over)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.table.get(&id.to_string()).await.map_err(gone)?;
        Ok(found.and_then(|session| {
            Some(Record {
                id: *id,
                data: session.data,
                expiry_date: OffsetDateTime::from_unix_timestamp(session.expires_at).ok()?,
            })
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.table.remove(&id.to_string()).await.map(drop).map_err(gone)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::storage::faulty::Faulty;

    fn record() -> Record {
        Record {
            id: Id::default(),
            data: HashMap::from([("user_id".to_string(), "user0".into())]),
            expiry_date: OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap(),
        }
    }

    #[tokio::test]
    async fn r1_12_a_session_that_has_ended_is_not_brought_back_by_a_late_request() {
        let sessions = Sessions::new(&Store::over("memory", Arc::new(Faulty::default()), 100));
        let mut record = record();
        sessions.create(&mut record).await.unwrap();
        assert!(sessions.save(&record).await.is_ok());
        let loaded = sessions.load(&record.id).await.unwrap();
        assert_eq!(loaded.as_ref().map(|found| &found.data), Some(&record.data));
        // It got another id, or was logged out, while a request was under way that saves what it had loaded.
        sessions.delete(&record.id).await.unwrap();
        assert!(sessions.save(&loaded.unwrap()).await.is_err());
        assert!(sessions.load(&record.id).await.unwrap().is_none());
        assert!(sessions.load(&Id::default()).await.unwrap().is_none());
    }
}
