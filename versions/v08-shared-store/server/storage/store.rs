//! The engine behind a bound and a deadline: whoever asks gets an answer, or a no, within two seconds.

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio::time::error::Elapsed;
use tokio::time::timeout_at;
use web::Problem;
use web::Settings;

use super::engine::Engine;
use super::engine::Failed;
use super::file::File;
use super::memory::Memory;
use super::postgres::Postgres;
use super::redis::Redis;
use super::sessions::Sessions;
use super::table;
use super::table::Kept;
use super::table::Table;

/// How long the engine may take to be there when the server starts.
const START: Duration = Duration::from_secs(4);

/// How long one request may wait for the engine, all its calls together.
const REQUEST: Duration = Duration::from_millis(1300);

/// How long a call may wait that comes after a request: a session is saved when the answer is known.
const CALL: Duration = Duration::from_millis(500);

/// How long the sweeper waits. Nobody waits for it.
const SWEEP: Duration = Duration::from_secs(3);

/// How long a request waits for an engine that did not answer the last call.
const SILENCE: Duration = Duration::from_millis(300);

/// How many requests are at the engine at a time. Each is seen through: if all were let in, each would wait for all
/// others at every call, and none would be done in time.
const TURNS: usize = 32;

tokio::task_local! {
    static DEADLINE: Instant;
    /// The turn of this request, between its calls.
    static TURN: Cell<Option<OwnedSemaphorePermit>>;
}

/// The engine does not answer, or not in time. Whether it did what it was asked for, nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// What the store says, or that nobody knows.
pub type Told<T> = Result<T, Unavailable>;

/// What clients hear of it.
pub const SILENT: &str = "The store does not answer. Try again.";

/// An engine, and whether it answers.
#[derive(Clone)]
pub struct Store {
    /// What comes before the colon of `LAB_STORE`.
    pub kind: &'static str,
    max_rows: usize,
    engine: Arc<dyn Engine>,
    turns: Arc<Semaphore>,
    answers: Arc<AtomicBool>,
}

impl Store {
    /// Opens what `LAB_STORE` names, and keeps the sessions there, too.
    ///
    /// The error is a sentence, without the address: it may hold a password.
    pub async fn open(settings: &Settings) -> Result<Store, String> {
        let name = settings.store.as_str();
        // Two instances, or one that is restarted, must know each other's tokens.
        if name != "memory:" && settings.jwt_secret.is_none() {
            return Err("JWT_SECRET is not set. The rows in LAB_STORE outlive this process, and so must the key of its tokens.".into());
        }
        let (kind, place) = name.split_once(':').unwrap_or((name, ""));
        let kind = ["file", "redis", "postgres"].into_iter().find(|known| kind.starts_with(known));
        let kind = kind.unwrap_or("memory");
        let opened = async {
            let engine: Arc<dyn Engine> = match kind {
                "file" => Arc::new(File::open(place).await?),
                "redis" => Arc::new(Redis::open(name).await?),
                "postgres" => Arc::new(Postgres::open(name).await?),
                _ => Arc::new(Memory::default()),
            };
            Ok(engine)
        };
        let engine = timeout_at(Instant::now() + START, opened).await.unwrap_or_else(late);
        let refused = |Failed(why): Failed| {
            format!("LAB_STORE: {kind} cannot be used ({why}). Start it, or take memory:.")
        };
        let store = Store::over(kind, engine.map_err(refused)?, settings.max_rows);
        web::keep_sessions(kind, Arc::new(Sessions::new(&store)));
        Ok(store)
    }

    /// The bound and the deadline, in front of an engine.
    pub fn over(kind: &'static str, engine: Arc<dyn Engine>, max_rows: usize) -> Store {
        Store {
            kind,
            max_rows,
            engine,
            turns: Arc::new(Semaphore::new(TURNS)),
            answers: Arc::new(AtomicBool::new(true)),
        }
    }

    /// A table of at most `LAB_MAX_ROWS` rows. When there are more, the owner who holds the most loses their oldest.
    pub fn table<V: Kept>(&self, name: &'static str, owner: fn(&V) -> &str) -> Table<V> {
        tokio::spawn(table::sweep(self.clone(), name, self.max_rows));
        Table::new(self, name, owner, false)
    }

    /// The same, for rows that nobody may read in the store: what a row's key was made from opens it.
    pub fn sealed<V: Kept>(&self, name: &'static str, owner: fn(&V) -> &str) -> Table<V> {
        tokio::spawn(table::sweep(self.clone(), name, self.max_rows));
        Table::new(self, name, owner, true)
    }

    /// A table of rows that stay, and that nobody can add at will: nothing is swept out of it.
    pub fn lasting<V: Kept>(&self, name: &'static str) -> Table<V> {
        Table::new(self, name, |_| "", false)
    }

    /// Whether the last call was answered.
    pub fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    /// One call. It is made once: an engine that fell silent may have done it.
    pub async fn call<'a, T, F>(
        &'a self,
        call: impl FnOnce(&'a dyn Engine) -> F,
    ) -> Result<T, Unavailable>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let deadline = match DEADLINE.try_with(|at| *at) {
            // Nobody waits long for an engine that was silent a moment ago. The next call that it answers ends that.
            Ok(deadline) if !self.answers() => deadline.min(Instant::now() + SILENCE),
            Ok(deadline) => deadline,
            Err(_) => Instant::now() + CALL,
        };
        let turn = match TURN.try_with(Cell::take) {
            Ok(Some(turn)) => turn,
            _ => {
                let turn = timeout_at(deadline, self.turns.clone().acquire_owned()).await;
                turn.ok().and_then(Result::ok).ok_or(Unavailable)?
            }
        };
        let done = timeout_at(deadline, call(&*self.engine)).await.unwrap_or_else(late);
        let _ = TURN.try_with(|kept| kept.set(Some(turn)));
        if self.answers.swap(done.is_ok(), Ordering::Relaxed) != done.is_ok() {
            web::notice(&match &done {
                Ok(_) => format!("store: {} answers again", self.kind),
                Err(Failed(why)) => format!("store: {} is gone: {why}", self.kind),
            });
        }
        done.map_err(|_| Unavailable)
    }
}

fn late<T>(_: Elapsed) -> Result<T, Failed> {
    Err(Failed("it did not answer in time".into()))
}

/// Gives the sweeper its deadline.
pub async fn at_leisure<T>(work: impl Future<Output = T>) -> T {
    DEADLINE.scope(Instant::now() + SWEEP, work).await
}

/// Gives a request its deadline.
pub async fn in_time(request: Request, next: Next) -> Response {
    by_the_deadline(next.run(request)).await
}

async fn by_the_deadline<T>(work: impl Future<Output = T>) -> T {
    DEADLINE.scope(Instant::now() + REQUEST, TURN.scope(Cell::default(), work)).await
}

/// The page for whoever sits in front of a browser.
impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        let problem = Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            what: "This server cannot reach its store, so it cannot tell what is true.".into(),
            rule: "Whatever cannot be looked up is refused, and never granted.",
            hint: "Try again in a moment. The red terminal says what is wrong with the store."
                .into(),
        };
        problem.into_response()
    }
}

impl Unavailable {
    /// The answer for a client: try again later (RFC 9110 §15.6.4). The name of the error is that of RFC 6749 §4.1.2.1.
    pub fn json(self) -> Response {
        let body = json!({ "error": "temporarily_unavailable", "error_description": SILENT });
        (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

impl From<Unavailable> for Response {
    fn from(unavailable: Unavailable) -> Response {
        unavailable.into_response()
    }
}

impl From<web::SessionsGone> for Unavailable {
    fn from(_: web::SessionsGone) -> Unavailable {
        Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::faulty::Faulty;

    #[test]
    fn r8_4_all_that_a_request_may_wait_for_takes_less_than_two_seconds() {
        assert!(REQUEST + CALL < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn r8_4_many_slow_calls_of_one_request_end_at_its_deadline() {
        let engine = Arc::new(Faulty::default());
        let table = Store::over("memory", engine.clone(), 100).table::<u64>("slow", |_| "");
        engine.slow(Duration::from_millis(400));
        let begin = Instant::now();
        let calls = async {
            for answered in 0.. {
                if table.get("unknown").await.is_err() {
                    return answered;
                }
            }
            0
        };
        assert!(by_the_deadline(calls).await <= 3);
        assert!(begin.elapsed() >= REQUEST && begin.elapsed() < REQUEST * 2);
    }

    #[tokio::test]
    async fn r8_4_a_silent_engine_is_waited_for_once_and_then_for_a_moment() {
        let engine = Arc::new(Faulty::default());
        let store = Store::over("memory", engine.clone(), 100);
        let table = store.table::<u64>("silent", |_| "");
        engine.slow(Duration::from_secs(3600));
        for waited in [REQUEST, SILENCE, SILENCE] {
            let begin = Instant::now();
            assert!(by_the_deadline(table.get("row")).await.is_err());
            assert!(begin.elapsed() >= waited && begin.elapsed() < waited + REQUEST / 2);
            assert!(!store.answers());
        }
        // Back, and slow: longer than whoever is silent gets, and within what a request may take.
        engine.slow(Duration::from_millis(1));
        assert!(by_the_deadline(table.get("row")).await.is_ok());
        engine.slow(SILENCE * 2);
        assert!(by_the_deadline(table.get("row")).await.is_ok());
    }

    #[tokio::test]
    async fn r8_5_a_request_keeps_its_turn_and_who_finds_none_says_nothing_of_the_engine() {
        let store = Store::over("memory", Arc::new(Faulty::default()), 100);
        let table = store.table::<u64>("turns", |_| "");
        let all = u32::try_from(TURNS).unwrap();
        let begun = async {
            assert!(table.get("row").await.is_ok());
            // All the others have one. It goes on, and gives its own back at the end.
            let _others = store.turns.try_acquire_many(all - 1).unwrap();
            assert!(store.turns.try_acquire().is_err());
            assert!(table.get("row").await.is_ok());
        };
        by_the_deadline(begun).await;
        let everybody = store.turns.try_acquire_many(all).unwrap();
        assert!(by_the_deadline(table.get("row")).await.is_err());
        assert!(store.answers(), "nobody has asked the engine");
        drop(everybody);
        assert!(by_the_deadline(table.get("row")).await.is_ok());
    }

    #[tokio::test]
    async fn r8_5_more_requests_than_there_are_turns_wait_and_then_are_refused() {
        let engine = Arc::new(Faulty::default());
        let store = Store::over("memory", engine.clone(), 100);
        engine.slow(Duration::from_millis(500));
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..TURNS * 4 {
            let table = store.table::<u64>("crowd", |_| "");
            callers.spawn(async move { by_the_deadline(table.get("row")).await.is_ok() });
        }
        let served = callers.join_all().await.into_iter().filter(|served| *served).count();
        // Two rounds fit into the deadline.
        assert!((1..=TURNS * 2).contains(&served), "{served}");
        engine.slow(Duration::ZERO);
        assert!(by_the_deadline(store.table::<u64>("crowd", |_| "").get("row")).await.is_ok());
    }
}
