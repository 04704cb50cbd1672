//! `memory:` keeps the rows in this process. Nobody else sees them, and they end with it.
//!
//! A lock makes it one step.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::engine::Asked;
use super::engine::Engine;
use super::engine::Found;
use super::engine::Row;

/// The rows of every table, under one lock.
#[derive(Default)]
pub struct Memory {
    tables: Mutex<HashMap<&'static str, Rows>>,
}

#[derive(Default)]
struct Rows {
    /// Each row with its age.
    by_key: HashMap<String, (u64, Row)>,
    /// The number of the row that was added last is the highest.
    by_age: BTreeMap<u64, String>,
    by_end: BTreeSet<(u64, String)>,
}

impl Memory {
    fn with<R>(&self, table: &'static str, work: impl FnOnce(&mut Rows) -> R) -> Asked<R> {
        let mut tables = self.tables.lock()?;
        Ok(work(tables.entry(table).or_default()))
    }
}

impl Rows {
    fn put(&mut self, key: String, row: Row) {
        let next = self.by_age.last_key_value().map_or(0, |(age, _)| age + 1);
        // A row that is changed keeps its place.
        let age = self.remove(&key).unwrap_or(next);
        self.by_age.insert(age, key.clone());
        self.by_end.insert((row.ends_at, key.clone()));
        self.by_key.insert(key, (age, row));
    }

    /// The age that the row had, if there was one.
    fn remove(&mut self, key: &str) -> Option<u64> {
        let (age, row) = self.by_key.remove(key)?;
        self.by_age.remove(&age);
        self.by_end.remove(&(row.ends_at, key.to_string()));
        Some(age)
    }
}

#[async_trait]
impl Engine for Memory {
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>> {
        self.with(table, |rows| rows.by_key.get(&key).map(|(_, row)| row.text.clone()))
    }

    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool> {
        self.with(table, |rows| {
            let same = rows.by_key.get(&key).map(|(_, row)| &row.text) == before.as_ref();
            match after {
                Some(row) if same => rows.put(key, row),
                None if same => _ = rows.remove(&key),
                _ => {}
            }
            same
        })
    }

    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)> {
        self.with(table, |rows| {
            let keys = rows.by_age.values().rev().take(most);
            let found = |key: &String| Some((key.clone(), rows.by_key.get(key)?.1.text.clone()));
            (keys.filter_map(found).collect(), rows.by_key.len())
        })
    }

    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()> {
        self.with(table, |rows| {
            while let Some((end, key)) = rows.by_end.first().cloned()
                && end <= ended_by
            {
                rows.remove(&key);
            }
            keys.iter().for_each(|key| _ = rows.remove(key));
        })
    }
}
