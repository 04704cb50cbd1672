//! The floor of a store: the way there and back, as often as a flow needs it, for next to nothing.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Manager;
use deadpool_postgres::Pool;
use redb::Builder;
use redb::ConcurrencyMode;
use redb::Database;
use redb::ReadableDatabase;
use redb::TableDefinition;
use redis::Client;
use redis::Script;
use redis::aio::ConnectionManager;
use redis::aio::ConnectionManagerConfig;
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;

/// How often a flow asks its store.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trips {
    /// All calls.
    pub calls: usize,
    /// Those of them that change a row.
    pub writes: usize,
}

/// What is asked, each in the way in which v08 asks it.
pub enum Store {
    /// Nothing.
    None,
    /// A transaction that reads one row, or writes one.
    File(Arc<Database>),
    /// An empty script, or one that writes a row.
    Redis(ConnectionManager, [Script; 2]),
    /// `SELECT 1`, or a row that is inserted.
    Postgres(Pool),
}

const ROWS: TableDefinition<u64, &str> = TableDefinition::new("rows");

const TABLE: &str = "CREATE TABLE IF NOT EXISTS floor (key text PRIMARY KEY, row text)";

const INSERT: &str = "INSERT INTO floor (key, row) VALUES ($1, $2)";

/// As many as v08 has.
const CONNECTIONS: usize = 8;

/// As long as a row of v08 on average.
const ROW: usize = 300;

impl Store {
    /// Opens what `LAB_STORE` names.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn open(name: &str) -> Result<Store, String> {
        let kind = name.split_once(':').map_or("", |(kind, _)| kind);
        Ok(match kind {
            "file" => Store::File(Arc::new(open_file(&name[5..]).map_err(text)?)),
            "redis" => {
                let config = ConnectionManagerConfig::new()
                    .set_number_of_retries(0)
                    .set_connection_timeout(Some(Duration::from_millis(500)))
                    .set_response_timeout(None);
                let client = Client::open(name).map_err(text)?;
                let connection = ConnectionManager::new_with_config(client, config).await;
                let keep = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])";
                let scripts = [Script::new(""), Script::new(keep)];
                Store::Redis(connection.map_err(text)?, scripts)
            }
            "postgres" => {
                let manager = Manager::new(name.parse().map_err(text)?, NoTls);
                let pool = Pool::builder(manager).max_size(CONNECTIONS).build().map_err(text)?;
                let client = pool.get().await.map_err(text)?;
                client.batch_execute(TABLE).await.map_err(text)?;
                Store::Postgres(pool)
            }
            _ => Store::None,
        })
    }

    /// Goes there and back so often, one after the other.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn travel(&self, trips: Trips) -> Result<(), String> {
        for trip in 0..trips.calls {
            let (writes, key) = (trip < trips.writes, rand::random::<u64>());
            match self {
                Store::None => {}
                Store::File(database) => {
                    let database = Arc::clone(database);
                    let work = move || {
                        if writes {
                            write(&database)
                        } else {
                            read(&database)
                        }
                    };
                    tokio::task::spawn_blocking(work).await.map_err(text)?.map_err(text)?;
                }
                Store::Redis(connection, scripts) => {
                    let mut call = scripts[usize::from(writes)].key("rows");
                    call.arg(key).arg("r".repeat(ROW));
                    () = call.invoke_async(&mut connection.clone()).await.map_err(text)?;
                }
                Store::Postgres(pool) => {
                    let client = pool.get().await.map_err(text)?;
                    let words = if writes { INSERT } else { "SELECT 1" };
                    let statement = client.prepare_cached(words).await.map_err(text)?;
                    let (key, row) = (key.to_string(), "r".repeat(ROW));
                    let values: &[&(dyn ToSql + Sync)] = &[&key, &row];
                    let values = if writes { values } else { &[] };
                    client.query(&statement, values).await.map_err(text)?;
                }
            }
        }
        Ok(())
    }
}

impl Trips {
    /// The part of one of the three requests of a flow.
    pub fn of_request(self, number: usize) -> Trips {
        let part = |all: usize| all / 3 + usize::from(number < all % 3);
        Trips {
            calls: part(self.calls),
            writes: part(self.writes),
        }
    }
}

fn open_file(path: &str) -> Result<Database, redb::Error> {
    let mode = ConcurrencyMode::MultiWriter;
    let database = Builder::new().set_concurrency_mode(mode).create(path)?;
    write(&database)?;
    Ok(database)
}

fn read(database: &Database) -> Result<(), redb::Error> {
    database.begin_read()?.open_table(ROWS)?.get(rand::random::<u64>())?;
    Ok(())
}

fn write(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(ROWS)?.insert(rand::random::<u64>(), "r".repeat(ROW).as_str())?;
    transaction.commit()?;
    Ok(())
}

fn text(trouble: impl std::fmt::Display) -> String {
    trouble.to_string()
}

/// How often a server on Redis has asked it so far.
///
/// Every call of v08 is one HGET, in a script or by itself, and every row that is written one HSET. The sweeps have
/// neither.
///
/// # Errors
/// It is not Redis, or does not answer.
pub fn asked(store: &str) -> Result<Trips, String> {
    let client = Client::open(store).map_err(text)?;
    let mut connection = client.get_connection().map_err(text)?;
    let mut info = redis::cmd("INFO");
    let told: String = info.arg("commandstats").query(&mut connection).map_err(text)?;
    let calls = |command: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(command));
        let calls = line.and_then(|line| line.split(',').next()?.parse().ok());
        calls.unwrap_or_default()
    };
    Ok(Trips {
        calls: calls("cmdstat_hget:calls="),
        writes: calls("cmdstat_hset:calls="),
    })
}

#[cfg(test)]
mod tests {
    use super::Trips;

    #[test]
    fn the_three_requests_of_a_flow_share_its_trips() {
        for calls in 0..20 {
            let trips = Trips {
                calls,
                writes: calls / 2,
            };
            let parts = [0, 1, 2].map(|number| trips.of_request(number));
            assert_eq!(parts.iter().map(|part| part.calls).sum::<usize>(), calls);
            assert_eq!(parts.iter().map(|part| part.writes).sum::<usize>(), calls / 2);
            assert!(parts.iter().all(|part| part.writes <= part.calls));
        }
    }
}
