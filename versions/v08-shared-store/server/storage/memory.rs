//! `memory:` keeps the rows in this process. Nobody else sees them, and they end with it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::engine::Engine;
use super::engine::Failed;
use super::engine::Row;

/// The rows of every table, under one lock.
#[derive(Default)]
pub struct Memory {
    tables: Mutex<HashMap<String, Rows>>,
}

#[derive(Default)]
struct Rows {
    by_key: HashMap<String, Kept>,
    /// The number of the row that was added last is the highest.
    by_age: BTreeMap<u64, String>,
    by_end: BTreeSet<(u64, String)>,
}

struct Kept {
    text: String,
    ends_at: u64,
    age: u64,
}

impl Memory {
    fn with<R>(&self, table: &str, work: impl FnOnce(&mut Rows) -> R) -> Result<R, Failed> {
        let mut tables = self.tables.lock()?;
        Ok(work(tables.entry(table.to_string()).or_default()))
    }
}

impl Rows {
    fn put(&mut self, key: &str, row: Row) {
        let next = self.by_age.last_key_value().map_or(0, |(age, _)| age + 1);
        // A row that is changed keeps its place.
        let age = self.by_key.get(key).map_or(next, |kept| kept.age);
        self.remove(key);
        let kept = Kept {
            text: row.text.to_string(),
            ends_at: row.ends_at,
            age,
        };
        self.by_key.insert(key.to_string(), kept);
        self.by_age.insert(age, key.to_string());
        self.by_end.insert((row.ends_at, key.to_string()));
    }

    fn remove(&mut self, key: &str) {
        if let Some(kept) = self.by_key.remove(key) {
            self.by_age.remove(&kept.age);
            self.by_end.remove(&(kept.ends_at, key.to_string()));
        }
    }
}

#[async_trait]
impl Engine for Memory {
    async fn get(&self, table: &str, key: &str) -> Result<Option<String>, Failed> {
        self.with(table, |rows| rows.by_key.get(key).map(|kept| kept.text.clone()))
    }

    async fn compare_and_set(
        &self,
        table: &str,
        key: &str,
        before: Option<&str>,
        after: Option<Row<'_>>,
    ) -> Result<bool, Failed> {
        self.with(table, |rows| {
            let found = rows.by_key.get(key).map(|kept| kept.text.as_str());
            let same = found == before;
            match after {
                Some(row) if same => rows.put(key, row),
                None if same => rows.remove(key),
                _ => {}
            }
            same
        })
    }

    async fn newest(&self, table: &str, most: usize) -> Result<Vec<(String, String)>, Failed> {
        self.with(table, |rows| {
            let keys = rows.by_age.values().rev().take(most);
            let row = |key: &String| Some((key.clone(), rows.by_key.get(key)?.text.clone()));
            keys.filter_map(row).collect()
        })
    }

    async fn count(&self, table: &str) -> Result<usize, Failed> {
        self.with(table, |rows| rows.by_key.len())
    }

    async fn remove_ended(&self, table: &str, now: u64) -> Result<(), Failed> {
        self.with(table, |rows| {
            while let Some((_, key)) = rows.by_end.first().filter(|(end, _)| *end <= now).cloned() {
                rows.remove(&key);
            }
        })
    }

    async fn remove(&self, table: &str, keys: &[String]) -> Result<(), Failed> {
        self.with(table, |rows| keys.iter().for_each(|key| rows.remove(key)))
    }
}
