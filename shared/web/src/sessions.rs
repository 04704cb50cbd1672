//! Where sessions are kept: in bounded tables. The library's own memory store has no bound.
//!
//! A server that shares what it remembers with others keeps them there: [`keep_sessions`].

use std::fmt::Debug;
use std::fmt::Formatter;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::SystemTime;

use async_trait::async_trait;
use serde_json::Value;
use store::Table;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;
use tower_sessions::session::Record;
use tower_sessions::session_store::Error;
use tower_sessions::session_store::Result;

use crate::flow;

/// Somebody is logged in where one of these is set.
pub(crate) const LOGGED_IN: [&str; 2] = ["user_id", "login"];

/// A session in which somebody is logged in ends after this time without a change.
pub const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How long an id that was replaced finds what it found before.
const GRACE: Duration = Duration::from_secs(10);

static ELSEWHERE: OnceLock<Arc<dyn SessionStore>> = OnceLock::new();

const OVER: &str = "this session has ended";

/// Keeps the sessions of this process in `store`, and not in its memory. To be called while the routes are built.
///
/// `name` is what the store is called in the live diagram, where it gets a lane of its own, unless it is `memory`.
/// `store` saves only a session that is there still, and says [`session_over`] of any other.
pub fn keep_sessions(name: &'static str, store: Arc<dyn SessionStore>) {
    if name != "memory" {
        flow::keeps_rows_in(name);
    }
    // A second store would leave half of the sessions in the first.
    let _ = ELSEWHERE.set(store);
}

/// What a [`SessionStore`] says of a session that has ended, or got another id, since it was loaded.
pub fn session_over() -> Error {
    Error::Backend(OVER.into())
}

pub(crate) fn is_over(error: &Error) -> bool {
    matches!(error, Error::Backend(why) if why == OVER)
}

/// The sessions of one process.
///
/// Sessions in which somebody is logged in have a table of their own. When it is full, the user who holds the most
/// makes room, so a flood by one account, or by browsers that never log in, ends nobody else's login.
pub(crate) struct Sessions {
    elsewhere: Option<Arc<dyn SessionStore>>,
    cookie: &'static str,
    ttl_state: Duration,
    pub(crate) grace: Duration,
    logged_in: Table<Record>,
    others: Table<Record>,
    replaced: Table<Record>,
    /// Held while a session is looked up or moved, so that nobody looks in between.
    moving: Mutex<()>,
}

impl Sessions {
    /// Sessions behind the cookie of that name, at most `max_rows` in each table.
    pub(crate) fn new(cookie: &'static str, max_rows: usize, ttl_state: Duration) -> Sessions {
        Sessions {
            elsewhere: ELSEWHERE.get().cloned(),
            cookie,
            ttl_state,
            grace: GRACE,
            logged_in: Table::fair(max_rows, owner),
            others: Table::new(max_rows),
            replaced: Table::new(max_rows),
            moving: Mutex::default(),
        }
    }

    pub(crate) fn cookie(&self) -> &'static str {
        self.cookie
    }

    /// How long a session lives from its last change on. Its cookie lives no longer.
    pub(crate) fn lifetime(&self, logged_in: bool) -> Duration {
        match logged_in {
            true => LIFETIME,
            false => self.ttl_state,
        }
    }

    /// Whether a request with this id has a session.
    pub(crate) async fn knows(&self, id: &Id) -> Result<bool> {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.load(id).await.map(|found| found.is_some()),
            None => Ok(self.has(id)),
        }
    }

    fn has(&self, id: &Id) -> bool {
        let key = id.to_string();
        let _moving = self.moving();
        let tables = [
            &self.logged_in,
            &self.others,
            &self.replaced,
        ];
        tables.iter().any(|table| table.update(&key, |_| ()).is_some())
    }

    /// Forgets the id altogether.
    pub(crate) async fn forget(&self, id: Option<Id>) -> Result<()> {
        let Some(id) = id else { return Ok(()) };
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.delete(&id).await;
        }
        let key = id.to_string();
        let _moving = self.moving();
        self.take(&key);
        self.replaced.remove(&key);
        Ok(())
    }

    /// Lets the id find what is saved under it now for ten more seconds, whatever becomes of the session.
    pub(crate) fn keep_for_late_ones(&self, id: Option<Id>) {
        if let Some(key) = id.map(|id| id.to_string()) {
            let _moving = self.moving();
            // An id that lives on borrowed time already gets no more of it.
            if let Some(record) = self.logged_in.get(&key).or_else(|| self.others.get(&key)) {
                self.replaced.insert(&key, record, SystemTime::now() + self.grace);
            }
        }
    }

    pub(crate) fn find(&self, id: &Id) -> Option<Record> {
        let key = id.to_string();
        let _moving = self.moving();
        let current = self.logged_in.get(&key).or_else(|| self.others.get(&key));
        current.or_else(|| self.replaced.get(&key))
    }

    fn take(&self, key: &str) -> Option<Record> {
        self.logged_in.remove(key).or_else(|| self.others.remove(key))
    }

    fn put(&self, record: &Record) {
        let logged_in = LOGGED_IN.iter().any(|name| record.data.contains_key(*name));
        let table = match logged_in {
            true => &self.logged_in,
            false => &self.others,
        };
        table.insert(&record.id.to_string(), record.clone(), record.expiry_date.into());
    }

    /// How many rows each table holds: logged in, others, replaced.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> [usize; 3] {
        [
            self.logged_in.len(),
            self.others.len(),
            self.replaced.len(),
        ]
    }

    fn moving(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose session it is. A client that does not know its users has one owner for all.
fn owner(record: &Record) -> &str {
    record.data.get("user_id").and_then(Value::as_str).unwrap_or_default()
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.create(record).await;
        }
        record.id = Id::default();
        let _moving = self.moving();
        self.put(record);
        Ok(())
    }

    /// Fails when the session has ended, or got another id, since it was loaded: it must not come back to life.
    async fn save(&self, record: &Record) -> Result<()> {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.save(record).await;
        }
        let _moving = self.moving();
        self.take(&record.id.to_string()).ok_or_else(session_over)?;
        self.put(record);
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.load(id).await,
            None => Ok(self.find(id)),
        }
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.delete(id).await;
        }
        let _moving = self.moving();
        self.take(&id.to_string());
        Ok(())
    }
}

impl Debug for Sessions {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        // No ids: whoever reads one has the session.
        f.debug_struct("Sessions").field("cookie", &self.cookie).finish_non_exhaustive()
    }
}
