//! The small in-memory store that every version uses: tables whose rows expire.
//!
//! - A row is found by its key until `keep_until`, and by nobody afterwards.
//! - [`Table::update`] and [`Table::take_if`] read, judge and change one row under one lock. That is what makes
//!   a code or a ticket work once, however many requests arrive together.
//! - A table has a bound. At the bound, the row that would end first makes room for the new one. A row that is
//!   pushed out reads as unknown, so a flood can end somebody's login or token, but can never open anything.
//! - Inside a tokio runtime a task sweeps out ended rows once a second; nobody has to ask.
//!
//! What a row means is written in each version's `server/store.rs` and `client/store.rs`.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ops::Deref;
use std::ops::DerefMut;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::Weak;
use std::time::Duration;
use std::time::SystemTime;

/// How often ended rows are swept out.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// A bounded table of rows that expire. Clones share the same rows.
#[derive(Debug)]
pub struct Table<V> {
    rows: Arc<Mutex<Rows<V>>>,
}

/// One row: the value, and the moment at which the table forgets it. Dereferences to the value.
#[derive(Clone, Debug)]
pub struct Row<V> {
    value: V,
    /// The row is gone from this moment on. It can be moved while the row is being updated.
    pub keep_until: SystemTime,
}

#[derive(Debug)]
struct Rows<V> {
    by_key: HashMap<Arc<str>, Row<V>>,
    by_end: BTreeSet<(SystemTime, Arc<str>)>,
    max_rows: usize,
}

impl<V: Clone + Send + 'static> Table<V> {
    /// An empty table that holds at most `max_rows` rows (at least one).
    pub fn new(max_rows: usize) -> Table<V> {
        let rows = Arc::new(Mutex::new(Rows {
            by_key: HashMap::new(),
            by_end: BTreeSet::new(),
            max_rows: max_rows.max(1),
        }));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(sweep(Arc::downgrade(&rows)));
        }
        Table { rows }
    }

    /// Puts a row in, in place of one with the same key. At the bound, the row that would end first goes.
    pub fn insert(&self, key: &str, value: V, keep_until: SystemTime) {
        self.lock().insert(Arc::from(key), Row { value, keep_until });
    }

    /// A copy of the row, if it is there and has not ended.
    pub fn get(&self, key: &str) -> Option<V> {
        self.lock().live(key).map(|row| row.value.clone())
    }

    /// Reads, judges and changes one row under one lock. `None` when there is no such row.
    ///
    /// `change` must not touch the same table: its lock is held.
    pub fn update<R>(&self, key: &str, change: impl FnOnce(&mut Row<V>) -> R) -> Option<R> {
        let mut rows = self.lock();
        let row = rows.live(key)?;
        let before = row.keep_until;
        let result = change(row);
        let after = row.keep_until;
        if after != before {
            rows.move_end(key, before, after);
        }
        Some(result)
    }

    /// Removes the row and hands it over, if it is there and `wanted` says so: of many callers, one gets it.
    pub fn take_if(&self, key: &str, wanted: impl FnOnce(&V) -> bool) -> Option<V> {
        let mut rows = self.lock();
        let row = rows.live(key)?;
        if !wanted(&row.value) {
            return None;
        }
        rows.remove(key).map(|row| row.value)
    }

    /// Removes the row and hands it over: of many callers, one gets it.
    pub fn remove(&self, key: &str) -> Option<V> {
        self.take_if(key, |_| true)
    }

    /// Copies of all rows that have not ended, those that end first in front. For `/debug/state`.
    pub fn rows(&self) -> Vec<(String, V)> {
        let rows = self.lock();
        let now = SystemTime::now();
        let live = rows.by_end.iter().filter(|(end, _)| *end > now);
        live.map(|(_, key)| (key.to_string(), rows.by_key[key].value.clone())).collect()
    }

    /// How many rows the table holds in memory, ended ones that nobody has swept yet included.
    pub fn len(&self) -> usize {
        self.lock().by_key.len()
    }

    /// Whether the table holds no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Rows<V>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Rows<V> {
    fn live(&mut self, key: &str) -> Option<&mut Row<V>> {
        self.by_key.get_mut(key).filter(|row| row.keep_until > SystemTime::now())
    }

    fn insert(&mut self, key: Arc<str>, row: Row<V>) {
        self.remove(&key);
        self.sweep();
        if self.by_key.len() >= self.max_rows
            && let Some((_, first)) = self.by_end.pop_first()
        {
            self.by_key.remove(&first);
        }
        self.by_end.insert((row.keep_until, key.clone()));
        self.by_key.insert(key, row);
    }

    fn remove(&mut self, key: &str) -> Option<Row<V>> {
        let (key, row) = self.by_key.remove_entry(key)?;
        self.by_end.remove(&(row.keep_until, key));
        Some(row)
    }

    fn move_end(&mut self, key: &str, before: SystemTime, after: SystemTime) {
        if let Some(key) = self.by_end.take(&(before, Arc::from(key))).map(|(_, key)| key) {
            self.by_end.insert((after, key));
        }
    }

    fn sweep(&mut self) {
        let now = SystemTime::now();
        while self.by_end.first().is_some_and(|(end, _)| *end <= now) {
            if let Some((_, key)) = self.by_end.pop_first() {
                self.by_key.remove(&key);
            }
        }
    }
}

/// Ends by itself when the last handle of the table is gone.
async fn sweep<V>(rows: Weak<Mutex<Rows<V>>>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        let Some(rows) = rows.upgrade() else { return };
        rows.lock().unwrap_or_else(PoisonError::into_inner).sweep();
    }
}

impl<V> Clone for Table<V> {
    fn clone(&self) -> Table<V> {
        Table {
            rows: self.rows.clone(),
        }
    }
}

impl<V> Deref for Row<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.value
    }
}

impl<V> DerefMut for Row<V> {
    fn deref_mut(&mut self) -> &mut V {
        &mut self.value
    }
}
