//! A table: what is stored is read, judged and changed under its lock.

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::SystemTime;

use serde::Serialize;

use crate::rows::Rows;
use crate::sweep::lock;
use crate::sweep::sweep;
use crate::watch;
use crate::watch::Verb;

/// A bounded table of rows that expire. Clones share the same rows.
///
/// The functions that are passed in must not use the same table: its lock is held while they run.
pub struct Table<V> {
    rows: Arc<Mutex<Rows<V>>>,
}

impl<V: Clone + Send + Serialize + 'static> Table<V> {
    /// An empty table of at most `max_rows` rows (at least one). When it is full, a new row pushes out the oldest.
    ///
    /// Age is counted in inserts, not in time: the oldest row is the one that was inserted first.
    pub fn new(max_rows: usize) -> Table<V> {
        // One owner for all rows: the oldest row of whoever holds the most is then simply the oldest.
        Table::fair(max_rows, |_| "")
    }

    /// An empty table of at most `max_rows` rows (at least one), which its owners share fairly. When it is full,
    /// a new row pushes out the oldest row of the owner who holds the most rows.
    ///
    /// - The new row counts. Who already holds as many rows as anybody therefore pushes out a row of their own.
    /// - Among owners who hold equally many rows, the one whose oldest row is the oldest loses it.
    /// - The new row itself is never pushed out.
    /// - A row that expired more than a quarter of a second ago goes before any other, whoever owns it.
    ///
    /// `owner` is asked once, when a row is inserted.
    pub fn fair(max_rows: usize, owner: fn(&V) -> &str) -> Table<V> {
        let rows = Arc::new(Mutex::new(Rows::new(max_rows, owner)));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(sweep(Arc::downgrade(&rows)));
        }
        Table { rows }
    }

    /// Stores a row until `expires_at`. It replaces a row with the same key, and is then the newest of all.
    pub fn insert(&self, key: &str, row: V, expires_at: SystemTime) {
        let seen = watch::is_on().then(|| row.clone());
        lock(&self.rows).insert(key, row, expires_at);
        if seen.is_some() {
            watch::tell(Verb::Insert, key, None, seen.as_ref());
        }
    }

    /// A copy of the row, unless it is unknown or has expired.
    pub fn get(&self, key: &str) -> Option<V> {
        let row = lock(&self.rows).find(key).map(|(_, row)| row.clone());
        if watch::is_on() {
            watch::tell(Verb::Get, key, row.as_ref(), row.as_ref());
        }
        row
    }

    /// Reads, judges and changes one row under one lock. `None` if it is unknown or has expired.
    ///
    /// `change` looks at the row and the clock alone, changes nothing but the row, and may run several times: a
    /// store that is shared by several machines has to repeat it when another one was faster.
    pub fn update<R>(&self, key: &str, change: impl Fn(&mut V) -> R) -> Option<R> {
        if watch::is_on() {
            return self.update_watched(key, change);
        }
        lock(&self.rows).find(key).map(|(_, row)| change(row))
    }

    /// Removes the row and returns it, if `wanted` says so. However many callers there are, only one gets it.
    pub fn take_if(&self, key: &str, wanted: impl Fn(&V) -> bool) -> Option<V> {
        let mut rows = lock(&self.rows);
        let found = rows.find(key).filter(|(_, row)| wanted(row)).map(|(slot, _)| slot);
        let taken = found.and_then(|slot| rows.remove(slot));
        drop(rows);
        if watch::is_on() {
            watch::tell(Verb::Take, key, taken.as_ref(), None);
        }
        taken
    }

    fn update_watched<R>(&self, key: &str, change: impl Fn(&mut V) -> R) -> Option<R> {
        let mut rows = lock(&self.rows);
        let found = rows.find(key).map(|(_, row)| {
            let before = row.clone();
            let result = change(row);
            (before, row.clone(), result)
        });
        drop(rows);
        let (before, after) = found.as_ref().map(|(before, after, _)| (before, after)).unzip();
        watch::tell(Verb::Update, key, before, after);
        found.map(|(_, _, result)| result)
    }

    /// Removes the row and returns it. However many callers there are, only one gets it.
    pub fn remove(&self, key: &str) -> Option<V> {
        self.take_if(key, |_| true)
    }

    /// Removes every row that `wanted` names. It looks at all rows: for rare events only.
    pub fn remove_where(&self, wanted: impl Fn(&V) -> bool) {
        let watched = watch::is_on();
        let mut seen = Vec::new();
        lock(&self.rows).remove_where(wanted, |key, row| {
            if watched {
                seen.push((key.to_string(), row.clone()));
            }
        });
        for (key, row) in seen {
            watch::tell(Verb::Take, &key, Some(&row), None);
        }
    }

    /// Keys and copies of at most `most` rows that have not expired, newest first.
    pub fn newest(&self, most: usize) -> Vec<(String, V)> {
        loop {
            // The lock is released between two batches of expired rows.
            if let Some(found) = lock(&self.rows).newest(most) {
                return found;
            }
        }
    }

    /// How many rows are in memory. Rows that expired a moment ago may still be counted.
    pub fn len(&self) -> usize {
        lock(&self.rows).len()
    }

    /// Whether no row is in memory.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<V> Clone for Table<V> {
    fn clone(&self) -> Table<V> {
        Table {
            rows: self.rows.clone(),
        }
    }
}

/// Says nothing about the rows: they are full of secrets.
impl<V> fmt::Debug for Table<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Table").finish_non_exhaustive()
    }
}
