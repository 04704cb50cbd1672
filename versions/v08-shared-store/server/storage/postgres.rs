//! `postgres://USER@HOST:PORT/DATABASE` keeps the rows in one table of PostgreSQL.
//!
//! A statement is a transaction of its own. An UPDATE that waited for another one looks at its WHERE again, at the
//! row as the other one left it (the manual on READ COMMITTED): that makes it one step.

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

use super::engine::Engine;
use super::engine::Failed;
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

pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub async fn open(address: &str) -> Result<Postgres, Failed> {
        let mut config = Config::from_str(address)?;
        config.connect_timeout(Duration::from_millis(500));
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
        pool.get().await?.batch_execute(PREPARE).await?;
        Ok(Postgres { pool })
    }

    /// How many rows the statement has changed.
    async fn execute(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, Failed> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.execute(&statement, values).await?)
    }

    async fn query(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>, Failed> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.query(&statement, values).await?)
    }
}

#[async_trait]
impl Engine for Postgres {
    async fn get(&self, table: &str, key: &str) -> Result<Option<String>, Failed> {
        let get = "SELECT row FROM oauth_lab WHERE place = $1 AND key = $2";
        Ok(self.query(get, &[&table, &key]).await?.first().map(|row| row.get(0)))
    }

    async fn compare_and_set(
        &self,
        table: &str,
        key: &str,
        before: Option<&str>,
        after: Option<Row<'_>>,
    ) -> Result<bool, Failed> {
        let ends_at = i64::try_from(after.map_or(0, |row| row.ends_at))?;
        let text = after.map(|row| row.text);
        let changed = match (before, text) {
            (None, None) => return Ok(self.get(table, key).await?.is_none()),
            (None, Some(text)) => {
                let add = "INSERT INTO oauth_lab (place, key, row, ends_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
                self.execute(add, &[&table, &key, &text, &ends_at]).await?
            }
            (Some(before), Some(text)) => {
                let change = "UPDATE oauth_lab SET row = $3, ends_at = $4 WHERE place = $1 AND key = $2 AND row = $5";
                self.execute(change, &[&table, &key, &text, &ends_at, &before]).await?
            }
            (Some(before), None) => {
                let remove = "DELETE FROM oauth_lab WHERE place = $1 AND key = $2 AND row = $3";
                self.execute(remove, &[&table, &key, &before]).await?
            }
        };
        Ok(changed == 1)
    }

    async fn newest(&self, table: &str, most: usize) -> Result<Vec<(String, String)>, Failed> {
        let newest = "SELECT key, row FROM oauth_lab WHERE place = $1 ORDER BY age DESC LIMIT $2";
        let rows = self.query(newest, &[&table, &i64::try_from(most)?]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    async fn count(&self, table: &str) -> Result<usize, Failed> {
        let rows = self.query("SELECT count(*) FROM oauth_lab WHERE place = $1", &[&table]).await?;
        let count: i64 = rows.first().map_or(0, |row| row.get(0));
        Ok(usize::try_from(count)?)
    }

    async fn remove_ended(&self, table: &str, now: u64) -> Result<(), Failed> {
        let remove = "DELETE FROM oauth_lab WHERE place = $1 AND ends_at <= $2";
        self.execute(remove, &[&table, &i64::try_from(now)?]).await.map(drop)
    }

    async fn remove(&self, table: &str, keys: &[String]) -> Result<(), Failed> {
        let remove = "DELETE FROM oauth_lab WHERE place = $1 AND key = ANY($2)";
        self.execute(remove, &[&table, &keys]).await.map(drop)
    }
}
