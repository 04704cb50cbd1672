//! `redis://HOST:PORT` keeps the rows in Redis (6.2 or later), Valkey, or whatever else speaks their protocol.
//!
//! Redis runs one script at a time, and nothing in between. That makes a script one step.

use std::time::Duration;

use async_trait::async_trait;
use redis::AsyncCommands;
use redis::Client;
use redis::Script;
use redis::aio::ConnectionManager;
use redis::aio::ConnectionManagerConfig;

use super::engine::Asked;
use super::engine::Engine;
use super::engine::Found;
use super::engine::Row;

/// The row is compared and set in one step. A new row gets the next age, one that is changed keeps its place.
const COMPARE_AND_SET: &str = "
    local rows, ends, ages, age = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
    local key, before, after, ends_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
    local found = redis.call('HGET', rows, key)
    if (found or '') ~= before then return 0 end
    if after == '' then
        redis.call('HDEL', rows, key)
        redis.call('ZREM', ends, key)
        redis.call('ZREM', ages, key)
        return 1
    end
    redis.call('HSET', rows, key, after)
    redis.call('ZADD', ends, ends_at, key)
    if not found then redis.call('ZADD', ages, redis.call('INCR', age), key) end
    return 1";

const NEWEST: &str = "
    local found = {}
    for i, key in ipairs(redis.call('ZRANGE', KEYS[3], '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[1])) do
        found[i] = {key, redis.call('HGET', KEYS[1], key)}
    end
    return {found, redis.call('HLEN', KEYS[1])}";

const REMOVE: &str = "
    redis.call('HDEL', KEYS[1], unpack(ARGV))
    redis.call('ZREM', KEYS[2], unpack(ARGV))
    redis.call('ZREM', KEYS[3], unpack(ARGV))";

/// The look at the ends is in the script: since an earlier look, a row may have been given a later end.
const REMOVE_ENDED: &str = "
    local ended = redis.call('ZRANGE', KEYS[2], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
    if #ended == 0 then return 0 end
    redis.call('HDEL', KEYS[1], unpack(ended))
    redis.call('ZREM', KEYS[2], unpack(ended))
    redis.call('ZREM', KEYS[3], unpack(ended))
    return #ended == tonumber(ARGV[2]) and 1 or 0";

/// So many rows go with one script.
const BATCH: usize = 1000;

pub struct Redis {
    connection: ConnectionManager,
    compare_and_set: Script,
    newest: Script,
    remove: Script,
    remove_ended: Script,
}

/// Where a table is: its rows by key, its keys by their end and by their age, and the last age that was given.
fn places(table: &str) -> [String; 4] {
    ["rows", "ends", "ages", "age"].map(|what| format!("oauth-lab:{table}:{what}"))
}

impl Redis {
    pub async fn open(address: &str) -> Asked<Redis> {
        // Each command is sent once. Whoever asks while nobody is there hears so at once.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(Duration::from_millis(500)))
            .set_response_timeout(None);
        let client = Client::open(address)?;
        let connection = ConnectionManager::new_with_config(client, config).await?;
        let redis = Redis {
            connection,
            compare_and_set: Script::new(COMPARE_AND_SET),
            newest: Script::new(NEWEST),
            remove: Script::new(REMOVE),
            remove_ended: Script::new(REMOVE_ENDED),
        };
        redis.warn().await;
        Ok(redis)
    }

    /// Without these two, a power cut takes back what was acknowledged: a used code could be used again.
    async fn warn(&self) {
        for (name, needed) in [
            ("appendonly", "yes"),
            ("appendfsync", "always"),
        ] {
            let mut command = redis::cmd("CONFIG");
            let asked =
                command.arg("GET").arg(name).query_async(&mut self.connection.clone()).await;
            let (_, found): (String, String) = asked.unwrap_or_default();
            if found != needed {
                web::notice(&format!(
                    "store: redis needs `{name} {needed}`, or it may forget what it has acknowledged"
                ));
            }
        }
    }
}

#[async_trait]
impl Engine for Redis {
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>> {
        Ok(self.connection.clone().hget(&places(table)[0], key).await?)
    }

    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool> {
        let (text, ends_at) = after.map(|row| (row.text, row.ends_at)).unwrap_or_default();
        let mut call = self.compare_and_set.key(&places(table));
        call.arg(key).arg(before.unwrap_or_default()).arg(text).arg(ends_at);
        Ok(call.invoke_async(&mut self.connection.clone()).await?)
    }

    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)> {
        let mut call = self.newest.key(&places(table));
        let found: (Vec<Found>, usize) =
            call.arg(most).invoke_async(&mut self.connection.clone()).await?;
        Ok(found)
    }

    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()> {
        // Redis answers nobody else meanwhile: so many go at a time.
        for keys in keys.chunks(BATCH) {
            let mut call = self.remove.key(&places(table));
            () = call.arg(keys).invoke_async(&mut self.connection.clone()).await?;
        }
        let mut left = true;
        while left {
            let mut call = self.remove_ended.key(&places(table));
            left = call.arg(ended_by).arg(BATCH).invoke_async(&mut self.connection.clone()).await?;
        }
        Ok(())
    }
}
