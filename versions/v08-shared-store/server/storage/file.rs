//! `file:PATH` keeps the rows in one file (redb). Processes of one machine may share it.
//!
//! A transaction makes it one step: of those that write, there is one at a time.

use std::sync::Arc;

use async_trait::async_trait;
use redb::Builder;
use redb::ConcurrencyMode;
use redb::Database;
use redb::ReadTransaction;
use redb::ReadableDatabase;
use redb::ReadableTable;
use redb::Table;
use redb::TableDefinition;

use super::engine::Asked;
use super::engine::Engine;
use super::engine::Found;
use super::engine::Row;

/// By table and key: the row's age, its end, and its text.
const ROWS: TableDefinition<(&str, &str), (u64, u64, &str)> = TableDefinition::new("rows");

/// By table and age: the key. The number of the row that was added last is the highest.
const AGES: TableDefinition<(&str, u64), &str> = TableDefinition::new("ages");

/// By table, end and key: nothing more.
const ENDS: TableDefinition<(&str, u64, &str), ()> = TableDefinition::new("ends");

pub struct File {
    database: Arc<Database>,
}

/// The tables of a transaction that writes.
struct Tables<'a> {
    rows: Table<'a, (&'static str, &'static str), (u64, u64, &'static str)>,
    ages: Table<'a, (&'static str, u64), &'static str>,
    ends: Table<'a, (&'static str, u64, &'static str), ()>,
}

impl File {
    pub async fn open(path: &str) -> Asked<File> {
        let mode = ConcurrencyMode::MultiWriter;
        let database = Arc::new(Builder::new().set_concurrency_mode(mode).create(path)?);
        let file = File { database };
        // Who reads finds the tables, even if nobody has written yet.
        file.write(|_| Ok(())).await?;
        Ok(file)
    }

    /// Reading and writing a file blocks, so another thread does it.
    async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(ReadTransaction) -> Asked<R> + Send + 'static,
    ) -> Asked<R> {
        let database = self.database.clone();
        tokio::task::spawn_blocking(move || work(database.begin_read()?)).await?
    }

    async fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tables) -> Asked<R> + Send + 'static,
    ) -> Asked<R> {
        let database = self.database.clone();
        // One transaction: all of it is on the disk when this returns, or nothing ever.
        let transaction = move || {
            let write = database.begin_write()?;
            let done = work(&mut Tables {
                rows: write.open_table(ROWS)?,
                ages: write.open_table(AGES)?,
                ends: write.open_table(ENDS)?,
            })?;
            write.commit()?;
            Ok(done)
        };
        tokio::task::spawn_blocking(transaction).await?
    }
}

impl Tables<'_> {
    fn put(&mut self, table: &str, key: &str, row: &Row) -> Asked<()> {
        let last = self.ages.range((table, 0)..=(table, u64::MAX))?.next_back().transpose()?;
        let next = last.map_or(0, |(place, _)| place.value().1 + 1);
        // A row that is changed keeps its place.
        let age = self.remove(table, key)?.unwrap_or(next);
        self.rows.insert((table, key), (age, row.ends_at, row.text.as_str()))?;
        self.ages.insert((table, age), key)?;
        self.ends.insert((table, row.ends_at, key), ())?;
        Ok(())
    }

    /// The age that the row had, if there was one.
    fn remove(&mut self, table: &str, key: &str) -> Asked<Option<u64>> {
        let Some(row) = self.rows.remove((table, key))? else {
            return Ok(None);
        };
        let (age, ends_at, _) = row.value();
        self.ages.remove((table, age))?;
        self.ends.remove((table, ends_at, key))?;
        Ok(Some(age))
    }
}

#[async_trait]
impl Engine for File {
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>> {
        let get = move |read: ReadTransaction| {
            let row = read.open_table(ROWS)?.get((table, key.as_str()))?;
            Ok(row.map(|row| row.value().2.to_string()))
        };
        self.read(get).await
    }

    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool> {
        // Who has lost already need not wait for a turn to write.
        if self.get(table, key.clone()).await? != before {
            return Ok(false);
        }
        let set = move |tables: &mut Tables| {
            let found = tables.rows.get((table, key.as_str()))?;
            if found.map(|row| row.value().2.to_string()) != before {
                return Ok(false);
            }
            match after {
                Some(row) => tables.put(table, &key, &row)?,
                None => _ = tables.remove(table, &key)?,
            }
            Ok(true)
        };
        self.write(set).await
    }

    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)> {
        let newest = move |read: ReadTransaction| {
            let (rows, ages) = (read.open_table(ROWS)?, read.open_table(AGES)?);
            let places = || ages.range((table, 0)..=(table, u64::MAX));
            let mut found = Vec::new();
            for place in places()?.rev().take(most) {
                let key = place?.1.value().to_string();
                let text = rows.get((table, key.as_str()))?.map(|row| row.value().2.to_string());
                found.extend(text.map(|text| (key, text)));
            }
            Ok((found, places()?.count()))
        };
        self.read(newest).await
    }

    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()> {
        let range = (table, 0, "")..(table, ended_by.saturating_add(1), "");
        let look = range.clone();
        let look = |read: ReadTransaction| Ok(read.open_table(ENDS)?.range(look)?.next().is_some());
        // Nothing is written, and the disk is left alone, as long as nothing ends.
        if keys.is_empty() && !self.read(look).await? {
            return Ok(());
        }
        let remove = move |tables: &mut Tables| {
            let mut keys = keys;
            for end in tables.ends.range(range)? {
                keys.push(end?.0.value().2.to_string());
            }
            keys.iter().try_for_each(|key| tables.remove(table, key).map(drop))
        };
        self.write(remove).await
    }
}
