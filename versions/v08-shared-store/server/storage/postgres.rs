//! `postgres://USER@HOST:PORT/DATABASE` keeps the rows in one table of PostgreSQL.
//!
//! A WHERE makes it one step: an UPDATE that had to wait for another one looks at its WHERE again, at the row as the
//! other one left it (the manual on READ COMMITTED). Each statement is a transaction of its own.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::Manager;
use deadpool_postgres::ManagerConfig;
use deadpool_postgres::Pool;
use deadpool_postgres::RecyclingMethod;
use tokio_postgres::Config;
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;

use super::engine::Asked;
use super::engine::Engine;
use super::engine::Found;
use super::engine::Row;

/// Two instances that start together must not both make the table.
const PREPARE: &str = "
    BEGIN;
    SELECT pg_advisory_xact_lock(5000);
    CREATE TABLE IF NOT EXISTS oauth_lab (
        place text, key text, row text NOT NULL, ends_at bigint NOT NULL,
        age bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (place, key)
    );
    CREATE INDEX IF NOT EXISTS oauth_lab_ages ON oauth_lab (place, age);
    CREATE INDEX IF NOT EXISTS oauth_lab_ends ON oauth_lab (place, ends_at);
    COMMIT";

/// The most connections.
const CONNECTIONS: usize = 8;

/// What stands for `$1`, `$2` and so on.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub async fn open(address: &str) -> Asked<Postgres> {
        let mut config = Config::from_str(address)?;
        config.connect_timeout(Duration::from_millis(500));
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
        pool.get().await?.batch_execute(PREPARE).await?;
        Ok(Postgres { pool })
    }

    /// How many rows the statement has changed.
    async fn execute(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Asked<u64> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.execute(&statement, values).await?)
    }

    async fn query(&self, statement: &str, values: Values<'_>) -> Asked<Vec<tokio_postgres::Row>> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.query(&statement, values).await?)
    }
}

#[async_trait]
impl Engine for Postgres {
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>> {
        let get = "SELECT row FROM oauth_lab WHERE place = $1 AND key = $2";
        Ok(self.query(get, &[&table, &key]).await?.first().map(|row| row.get(0)))
    }

    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool> {
        let (text, ends_at) = after.map(|row| (row.text, row.ends_at)).unzip();
        let ends_at = i64::try_from(ends_at.unwrap_or_default())?;
        let changed = match (before, text) {
            (None, None) => return Ok(self.get(table, key).await?.is_none()),
            (None, Some(text)) => {
                let add = "INSERT INTO oauth_lab (place, key, row, ends_at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT DO NOTHING";
                self.execute(add, &[&table, &key, &text, &ends_at]).await?
            }
            (Some(before), Some(text)) => {
                let change = "UPDATE oauth_lab SET row = $3, ends_at = $4
                    WHERE place = $1 AND key = $2 AND row = $5";
                self.execute(change, &[&table, &key, &text, &ends_at, &before]).await?
            }
            (Some(before), None) => {
                let remove = "DELETE FROM oauth_lab WHERE place = $1 AND key = $2 AND row = $3";
                self.execute(remove, &[&table, &key, &before]).await?
            }
        };
        Ok(changed == 1)
    }

    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)> {
        let newest = "SELECT key, row FROM oauth_lab WHERE place = $1 ORDER BY age DESC LIMIT $2";
        let found = self.query(newest, &[&table, &i64::try_from(most)?]).await?;
        let count = "SELECT count(*) FROM oauth_lab WHERE place = $1";
        let count: i64 = self.query(count, &[&table]).await?.first().map_or(0, |row| row.get(0));
        let found = found.iter().map(|row| (row.get(0), row.get(1)));
        Ok((found.collect(), usize::try_from(count)?))
    }

    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()> {
        let remove = "DELETE FROM oauth_lab WHERE place = $1 AND (ends_at <= $2 OR key = ANY($3))";
        self.execute(remove, &[&table, &i64::try_from(ended_by)?, &keys]).await.map(drop)
    }
}
