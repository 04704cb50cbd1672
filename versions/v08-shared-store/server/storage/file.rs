//! `file:PATH` keeps the rows in one file, with transactions (redb). Processes of one machine may share it.

use std::sync::Arc;

use async_trait::async_trait;
use redb::Builder;
use redb::ConcurrencyMode;
use redb::Database;
use redb::ReadableDatabase;
use redb::ReadableTable;
use redb::Table;
use redb::TableDefinition;
use redb::WriteTransaction;

use super::engine::Engine;
use super::engine::Failed;
use super::engine::Row;

/// By table and key: the row's age, its end, and its text.
const ROWS: TableDefinition<(&str, &str), (u64, u64, &str)> = TableDefinition::new("rows");

/// By table and age: the key. The number of the row that was added last is the highest.
const AGES: TableDefinition<(&str, u64), &str> = TableDefinition::new("ages");

/// By table, end and key: nothing more.
const ENDS: TableDefinition<(&str, u64, &str), ()> = TableDefinition::new("ends");

/// How much of the file is held in memory, in bytes.
const CACHE: usize = 64 << 20;

pub struct File {
    database: Arc<Database>,
}

/// The tables of a transaction that writes. There is one such transaction at a time, on the whole machine.
struct Tables<'a> {
    rows: Table<'a, (&'static str, &'static str), (u64, u64, &'static str)>,
    ages: Table<'a, (&'static str, u64), &'static str>,
    ends: Table<'a, (&'static str, u64, &'static str), ()>,
}

impl File {
    pub fn open(path: &str) -> Result<File, Failed> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE).set_concurrency_mode(ConcurrencyMode::MultiWriter);
        let database = Arc::new(builder.create(path)?);
        // Who reads finds the tables, even if nobody has written yet.
        let write = database.begin_write()?;
        drop(Tables::open(&write)?);
        write.commit()?;
        Ok(File { database })
    }

    /// Reading and writing a file blocks, so another thread does it.
    async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<R, Failed> + Send + 'static,
    ) -> Result<R, Failed> {
        let database = self.database.clone();
        tokio::task::spawn_blocking(move || work(&database)).await?
    }

    /// One transaction: all of it is on the disk when this returns, or nothing ever.
    async fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tables) -> Result<R, Failed> + Send + 'static,
    ) -> Result<R, Failed> {
        self.with(move |database| {
            let write = database.begin_write()?;
            let done = work(&mut Tables::open(&write)?)?;
            write.commit()?;
            Ok(done)
        })
        .await
    }
}

impl<'a> Tables<'a> {
    fn open(write: &'a WriteTransaction) -> Result<Tables<'a>, Failed> {
        Ok(Tables {
            rows: write.open_table(ROWS)?,
            ages: write.open_table(AGES)?,
            ends: write.open_table(ENDS)?,
        })
    }

    fn put(&mut self, table: &str, key: &str, text: &str, ends_at: u64) -> Result<(), Failed> {
        let last = self.ages.range((table, 0)..=(table, u64::MAX))?.next_back().transpose()?;
        let next = last.map_or(0, |(place, _)| place.value().1 + 1);
        // A row that is changed keeps its place.
        let age = self.remove(table, key)?.unwrap_or(next);
        self.rows.insert((table, key), (age, ends_at, text))?;
        self.ages.insert((table, age), key)?;
        self.ends.insert((table, ends_at, key), ())?;
        Ok(())
    }

    /// The age that the row had, if there was one.
    fn remove(&mut self, table: &str, key: &str) -> Result<Option<u64>, Failed> {
        let row = self.rows.remove((table, key))?;
        let Some((age, ends_at)) = row.map(|row| (row.value().0, row.value().1)) else {
            return Ok(None);
        };
        self.ages.remove((table, age))?;
        self.ends.remove((table, ends_at, key))?;
        Ok(Some(age))
    }
}

#[async_trait]
impl Engine for File {
    async fn get(&self, table: &str, key: &str) -> Result<Option<String>, Failed> {
        let place = (table.to_string(), key.to_string());
        self.with(move |database| {
            let rows = database.begin_read()?.open_table(ROWS)?;
            Ok(rows.get((place.0.as_str(), place.1.as_str()))?.map(|row| row.value().2.to_string()))
        })
        .await
    }

    async fn compare_and_set(
        &self,
        table: &str,
        key: &str,
        before: Option<&str>,
        after: Option<Row<'_>>,
    ) -> Result<bool, Failed> {
        let (table, key) = (table.to_string(), key.to_string());
        let before = before.map(String::from);
        let after = after.map(|row| (row.text.to_string(), row.ends_at));
        self.write(move |tables| {
            let found = tables.rows.get((table.as_str(), key.as_str()))?;
            if found.map(|row| row.value().2.to_string()) != before {
                return Ok(false);
            }
            match after {
                Some((text, ends_at)) => tables.put(&table, &key, &text, ends_at)?,
                None => drop(tables.remove(&table, &key)?),
            }
            Ok(true)
        })
        .await
    }

    async fn newest(&self, table: &str, most: usize) -> Result<Vec<(String, String)>, Failed> {
        let table = table.to_string();
        self.with(move |database| {
            let read = database.begin_read()?;
            let (rows, ages) = (read.open_table(ROWS)?, read.open_table(AGES)?);
            let mut newest = Vec::new();
            for place in ages.range((table.as_str(), 0)..=(table.as_str(), u64::MAX))?.rev().take(most) {
                let key = place?.1.value().to_string();
                if let Some(row) = rows.get((table.as_str(), key.as_str()))? {
                    newest.push((key, row.value().2.to_string()));
                }
            }
            Ok(newest)
        })
        .await
    }

    async fn count(&self, table: &str) -> Result<usize, Failed> {
        let table = table.to_string();
        self.with(move |database| {
            let ages = database.begin_read()?.open_table(AGES)?;
            Ok(ages.range((table.as_str(), 0)..=(table.as_str(), u64::MAX))?.count())
        })
        .await
    }

    async fn remove_ended(&self, table: &str, now: u64) -> Result<(), Failed> {
        let place = table.to_string();
        let ended = self.with(move |database| {
            let ends = database.begin_read()?.open_table(ENDS)?;
            let range = ends.range((place.as_str(), 0, "")..(place.as_str(), now + 1, ""))?;
            range.map(|end| Ok(end?.0.value().2.to_string())).collect::<Result<Vec<_>, Failed>>()
        });
        let ended = ended.await?;
        // Nothing is written, and the disk is left alone, as long as nothing ends.
        if ended.is_empty() {
            return Ok(());
        }
        let table = table.to_string();
        self.write(move |tables| {
            for key in ended {
                let row = tables.rows.get((table.as_str(), key.as_str()))?;
                // Since it was seen, it may have been given a later end.
                if row.is_some_and(|row| row.value().1 <= now) {
                    tables.remove(&table, &key)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn remove(&self, table: &str, keys: &[String]) -> Result<(), Failed> {
        let (table, keys) = (table.to_string(), keys.to_vec());
        self.write(move |tables| keys.iter().try_for_each(|key| tables.remove(&table, key).map(drop)))
            .await
    }
}
