//! A table of one kind of rows, with the verbs of the table in memory. Each may now wait, and fail.

use std::marker::PhantomData;
use std::time::Duration;
use std::time::SystemTime;

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::IgnoredAny;
use serde_json::Map;
use serde_json::Value;
use store::Verb;

use super::engine::Found;
use super::engine::Row;
use super::engine::millis;
use super::key::Key;
use super::seal;
use super::store::Store;
use super::store::Told;
use super::store::Unavailable;
use super::store::at_leisure;

/// How often ended rows, and rows beyond the bound, are swept out.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// The end of what does not end. Every engine can write it.
const NEVER: u64 = i64::MAX as u64;

/// A bounded table of rows that expire. All instances that use the same store share it.
///
/// The bound is looked after once a second: until then a table holds what came meanwhile, too.
pub struct Table<V> {
    store: Store,
    name: &'static str,
    owner: fn(&V) -> &str,
    sealed: bool,
    rows: PhantomData<fn() -> V>,
}

/// A row as it stands in the store. `ends_at` decides; what an engine does with it only sweeps.
#[derive(Serialize, Deserialize)]
struct Stored<R> {
    ends_at: u64,
    #[serde(default)]
    owner: String,
    row: R,
}

/// What a row can be.
pub trait Kept: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<V: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Kept for V {}

impl<V: Kept> Table<V> {
    pub fn new(store: &Store, name: &'static str, owner: fn(&V) -> &str, sealed: bool) -> Table<V> {
        Table {
            store: store.clone(),
            name,
            owner,
            sealed,
            rows: PhantomData,
        }
    }

    /// Stores a row until `expires_at`. It takes the place of a row with the same key.
    pub async fn insert(&self, key: impl Into<Key>, row: V, expires_at: SystemTime) -> Told<()> {
        let key = key.into();
        let after = self.write(&key, &row, millis(expires_at))?;
        let mut before = None;
        // Nearly every key is new. If this one is not, the row that is there makes room.
        while !self.set(&key, before.clone(), Some(&after)).await? {
            before =
                self.store.call(|engine| engine.get(self.name, key.name().to_string())).await?;
        }
        store::tell(Verb::Insert, key.name(), None, Some(&row));
        Ok(())
    }

    /// Stores a row that never ends, unless there is one with the same key.
    pub async fn add(&self, key: &Key, row: V) -> Told<bool> {
        let after = self.write(key, &row, NEVER)?;
        self.set(key, None, Some(&after)).await
    }

    /// A copy of the row, unless it is unknown or has expired.
    pub async fn get(&self, key: impl Into<Key>) -> Told<Option<V>> {
        let key = key.into();
        let row = self.find(&key).await?.map(|(_, _, row)| row);
        store::tell(Verb::Get, key.name(), row.as_ref(), row.as_ref());
        Ok(row)
    }

    /// Reads, judges and changes one row, in one step. `None` if it is unknown or has expired.
    ///
    /// `change` may run several times: whenever somebody else was faster.
    pub async fn update<R: Send>(
        &self,
        key: impl Into<Key>,
        change: impl Fn(&mut V) -> R + Send + Sync,
    ) -> Told<Option<R>> {
        let key = key.into();
        loop {
            let Some((before, ends_at, found)) = self.find(&key).await? else {
                store::tell::<V>(Verb::Update, key.name(), None, None);
                return Ok(None);
            };
            let mut row = found.clone();
            let result = change(&mut row);
            let after = self.write(&key, &row, ends_at)?;
            let same = json(&row) == json(&found);
            if same || self.set(&key, Some(before), Some(&after)).await? {
                store::tell(Verb::Update, key.name(), Some(&found), Some(&row));
                return Ok(Some(result));
            }
        }
    }

    /// Puts a row in the place of the one that is there, with an end of its own. `false` if there is none.
    pub async fn replace(
        &self,
        key: impl Into<Key>,
        row: &V,
        expires_at: SystemTime,
    ) -> Told<bool> {
        let key = key.into();
        let after = self.write(&key, row, millis(expires_at))?;
        while let Some((before, ..)) = self.find(&key).await? {
            if self.set(&key, Some(before), Some(&after)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes the row and returns it. However many callers there are, only one gets it.
    pub async fn remove(&self, key: impl Into<Key>) -> Told<Option<V>> {
        let key = key.into();
        while let Some((before, _, row)) = self.find(&key).await? {
            if self.set(&key, Some(before), None).await? {
                store::tell(Verb::Take, key.name(), Some(&row), None);
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The newest rows, as they stand in the store, and how many there are: for `/debug/state`.
    pub async fn shown(&self) -> Told<(Map<String, Value>, usize)> {
        let newest = self.store.call(|engine| engine.newest(self.name, web::NEWEST));
        let (found, count) = newest.await?;
        let rows = found.into_iter().filter_map(|(key, text)| {
            let stored: Stored<Value> = read(&text).filter(is_live)?;
            Some((key, stored.row))
        });
        Ok((rows.collect(), count))
    }

    /// A row as it stands in the store, its end, and what it says.
    async fn find(&self, key: &Key) -> Told<Option<(String, u64, V)>> {
        let text = self.store.call(|engine| engine.get(self.name, key.name().to_string())).await?;
        let Some(text) = text else { return Ok(None) };
        let ends: Stored<IgnoredAny> = read(&text).ok_or_else(|| unreadable(self.name))?;
        if !is_live(&ends) {
            return Ok(None);
        }
        let row = match self.sealed {
            true => read(&text).and_then(|stored: Stored<Value>| seal::open(key, &stored.row)),
            false => read(&text).map(|stored: Stored<V>| stored.row),
        };
        Ok(Some((text, ends.ends_at, row.ok_or_else(|| unreadable(self.name))?)))
    }

    fn write(&self, key: &Key, row: &V, ends_at: u64) -> Told<Row> {
        let owner = (self.owner)(row);
        let text = match self.sealed {
            true => seal::seal(key, row).and_then(|row| stored(ends_at, owner, row)),
            false => stored(ends_at, owner, row),
        };
        let text = text.ok_or(Unavailable)?;
        Ok(Row { text, ends_at })
    }

    async fn set(&self, key: &Key, before: Option<String>, after: Option<&Row>) -> Told<bool> {
        let (key, after) = (key.name().to_string(), after.cloned());
        self.store.call(|engine| engine.compare_and_set(self.name, key, before, after)).await
    }
}

fn is_live<R>(stored: &Stored<R>) -> bool {
    stored.ends_at > millis(SystemTime::now())
}

/// A row that cannot be read is no reason to do as if there were none.
fn unreadable(table: &str) -> Unavailable {
    web::notice(&format!("store: this build cannot read a row of {table}"));
    Unavailable
}

fn read<R: DeserializeOwned>(text: &str) -> Option<R> {
    serde_json::from_str(text).ok()
}

fn stored(ends_at: u64, owner: &str, row: impl Serialize) -> Option<String> {
    let owner = owner.to_string();
    json(&Stored {
        ends_at,
        owner,
        row,
    })
}

fn json(row: &impl Serialize) -> Option<String> {
    serde_json::to_string(row).ok()
}

/// Sweeps for as long as the process lives. A store that does not answer is swept when it does again.
pub async fn sweep(store: Store, table: &'static str, max_rows: usize) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        let _ = at_leisure(sweep_once(&store, table, max_rows)).await;
    }
}

/// Removes what has ended, and then what is beyond the bound.
pub async fn sweep_once(store: &Store, table: &'static str, max_rows: usize) -> Told<()> {
    let now = millis(SystemTime::now());
    store.call(|engine| engine.remove(table, now, Vec::new())).await?;
    let (_, count) = store.call(|engine| engine.newest(table, 0)).await?;
    if count <= max_rows {
        return Ok(());
    }
    let (found, _) = store.call(|engine| engine.newest(table, count)).await?;
    store.call(|engine| engine.remove(table, now, surplus(&found, max_rows))).await
}

/// The keys of the rows beyond the bound: again and again the oldest row of whoever holds the most.
fn surplus(newest_first: &[Found], max_rows: usize) -> Vec<String> {
    let mut held = std::collections::HashMap::<String, usize>::new();
    let ranked = newest_first.iter().enumerate().map(|(age, (key, text))| {
        let owner = read(text).map_or_else(String::new, |row: Stored<IgnoredAny>| row.owner);
        let rank = held.entry(owner).and_modify(|held| *held += 1).or_insert(1);
        (*rank, age, key)
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by(|one, other| other.cmp(one));
    let beyond = ranked.len().saturating_sub(max_rows);
    ranked.into_iter().take(beyond).map(|(_, _, key)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::storage::engine::Engine;
    use crate::storage::memory::Memory;

    #[tokio::test]
    async fn what_cannot_be_read_is_not_taken_for_unknown() {
        let engine = Arc::new(Memory::default());
        let table = Store::over("memory", engine.clone(), 10).table::<u64>("rows", |_| "");
        let key = Key::from("key");
        for text in [
            "",
            "1",
            "{}",
            r#"{"ends_at":4000000000000}"#,
            r#"{"ends_at":4000000000000,"row":"one"}"#,
        ] {
            let row = Row {
                text: text.to_string(),
                ends_at: 4_000_000_000_000,
            };
            let before = engine.get("rows", key.name().to_string()).await.unwrap();
            engine
                .compare_and_set("rows", key.name().to_string(), before, Some(row))
                .await
                .unwrap();
            assert_eq!(table.get(&key).await, Err(Unavailable), "{text}");
            assert_eq!(table.update(&key, |row| *row += 1).await, Err(Unavailable), "{text}");
            assert_eq!(table.remove(&key).await, Err(Unavailable), "{text}");
        }
        // A new row takes its place, and one that has ended is unknown, whatever is in it.
        table.insert(&key, 7, SystemTime::now() + SWEEP_EVERY * 60).await.unwrap();
        assert_eq!(table.get(&key).await, Ok(Some(7)));
        assert_eq!(table.get("other").await, Ok(None));
        let sealed = Store::over("memory", engine, 10).sealed::<u64>("rows", |_| "");
        assert_eq!(sealed.get(&key).await, Err(Unavailable), "it was not sealed");
    }
}
