//! `redis://HOST:PORT` keeps the rows in Redis, Valkey, or whatever else speaks their protocol.
//!
//! Redis runs one script at a time, and nothing in between. That makes a script one step.

use std::time::Duration;

use async_trait::async_trait;
use redis::AsyncCommands;
use redis::Client;
use redis::Script;
use redis::aio::ConnectionManager;
use redis::aio::ConnectionManagerConfig;

use super::engine::Engine;
use super::engine::Failed;
use super::engine::Row;

/// The row is compared and set in one step. A new row gets the next age, one that is changed keeps its place.
const COMPARE_AND_SET: &str = "
    local key, before, after, ends_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
    local found = redis.call('HGET', KEYS[1], key)
    if (found or '') ~= before then return false end
    if after == '' then
        redis.call('HDEL', KEYS[1], key)
        redis.call('ZREM', KEYS[2], key)
        redis.call('ZREM', KEYS[3], key)
        return true
    end
    redis.call('HSET', KEYS[1], key, after)
    redis.call('ZADD', KEYS[2], ends_at, key)
    if not found then redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[4]), key) end
    return true";

/// So many ended rows go with one script. Redis answers nobody else meanwhile.
const BATCH: usize = 1000;

const REMOVE_ENDED: &str = "
    local ended = redis.call('ZRANGE', KEYS[2], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
    if #ended == 0 then return 0 end
    redis.call('HDEL', KEYS[1], unpack(ended))
    redis.call('ZREM', KEYS[2], unpack(ended))
    redis.call('ZREM', KEYS[3], unpack(ended))
    return #ended";

pub struct Redis {
    connection: ConnectionManager,
    compare_and_set: Script,
    remove_ended: Script,
}

/// Where a table is: its rows by key, its keys by their end and by their age, and the last age that was given.
fn places(table: &str) -> [String; 4] {
    ["rows", "ends", "ages", "age"].map(|what| format!("oauth-lab:{table}:{what}"))
}

impl Redis {
    pub async fn open(address: &str) -> Result<Redis, Failed> {
        // A command that failed is never sent again: it may have been carried out. The next one connects anew.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(Duration::from_millis(500)))
            .set_response_timeout(None);
        let client = Client::open(address)?;
        let connection = ConnectionManager::new_with_config(client, config).await?;
        let redis = Redis {
            connection,
            compare_and_set: Script::new(COMPARE_AND_SET),
            remove_ended: Script::new(REMOVE_ENDED),
        };
        redis.warn().await;
        Ok(redis)
    }

    /// Without these two, a power cut takes back what was acknowledged: a used code could be used again.
    async fn warn(&self) {
        for (name, needed) in [("appendonly", "yes"), ("appendfsync", "always")] {
            let mut command = redis::cmd("CONFIG");
            let asked = command.arg("GET").arg(name).query_async(&mut self.connection.clone()).await;
            let (_, found): (String, String) = asked.unwrap_or_default();
            if found != needed {
                web::notice(&format!("store: redis needs `{name} {needed}`, or it may forget what it has acknowledged"));
            }
        }
    }
}

#[async_trait]
impl Engine for Redis {
    async fn get(&self, table: &str, key: &str) -> Result<Option<String>, Failed> {
        Ok(self.connection.clone().hget(&places(table)[0], key).await?)
    }

    async fn compare_and_set(
        &self,
        table: &str,
        key: &str,
        before: Option<&str>,
        after: Option<Row<'_>>,
    ) -> Result<bool, Failed> {
        let mut call = self.compare_and_set.key(&places(table));
        // No row is ever the empty text.
        call.arg(key).arg(before.unwrap_or_default());
        call.arg(after.map_or("", |row| row.text)).arg(after.map_or(0, |row| row.ends_at));
        let set: Option<bool> = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(set.unwrap_or_default())
    }

    async fn newest(&self, table: &str, most: usize) -> Result<Vec<(String, String)>, Failed> {
        let ([rows, _, ages, _], mut connection) = (places(table), self.connection.clone());
        let last = isize::try_from(most)? - 1;
        let keys: Vec<String> = connection.zrevrange(&ages, 0, last).await?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let texts: Vec<Option<String>> = connection.hmget(&rows, &keys).await?;
        // A row may have gone between the two.
        let found = keys.into_iter().zip(texts);
        Ok(found.filter_map(|(key, text)| Some((key, text?))).collect())
    }

    async fn count(&self, table: &str) -> Result<usize, Failed> {
        Ok(self.connection.clone().hlen(&places(table)[0]).await?)
    }

    async fn remove_ended(&self, table: &str, now: u64) -> Result<(), Failed> {
        loop {
            let mut call = self.remove_ended.key(&places(table));
            let removed: usize = call.arg(now).arg(BATCH).invoke_async(&mut self.connection.clone()).await?;
            if removed < BATCH {
                return Ok(());
            }
        }
    }

    async fn remove(&self, table: &str, keys: &[String]) -> Result<(), Failed> {
        let [rows, ends, ages, _] = places(table);
        for keys in keys.chunks(BATCH) {
            let mut all = redis::pipe();
            all.atomic().hdel(&rows, keys).zrem(&ends, keys).zrem(&ages, keys);
            () = all.query_async(&mut self.connection.clone()).await?;
        }
        Ok(())
    }
}
