//! The engine behind a bound and a deadline: whoever asks gets an answer, or a no, within two seconds.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio::time::timeout_at;
use web::Problem;

use super::engine::Engine;
use super::engine::Failed;
use super::file::File;
use super::memory::Memory;
use super::postgres::Postgres;
use super::redis::Redis;

/// How long one request may wait for the engine, all its calls together.
const REQUEST: Duration = Duration::from_millis(1300);

/// How long a call may wait that belongs to no request, or comes after one: a session is saved after the answer.
const CALL: Duration = Duration::from_millis(500);

/// How many calls are under way at a time. More would only wait in the engine.
const CALLS: usize = 64;

tokio::task_local! {
    static DEADLINE: Instant;
}

/// The engine does not answer, or not in time. Whether it did what it was asked for, nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// An engine, and whether it answers.
#[derive(Clone)]
pub struct Store {
    /// What comes before the colon of `LAB_STORE`.
    pub kind: &'static str,
    engine: Arc<dyn Engine>,
    calls: Arc<Semaphore>,
    answers: Arc<AtomicBool>,
}

impl Store {
    /// Opens what `LAB_STORE` names. The error is a sentence, without the address: it may hold a password.
    pub async fn open(name: &str) -> Result<Store, String> {
        let (kind, place) = name.split_once(':').unwrap_or((name, ""));
        let (kind, engine) = match kind {
            "file" => ("file", File::open(place).map(boxed)),
            "redis" => ("redis", Redis::open(name).await.map(boxed)),
            "postgres" | "postgresql" => ("postgres", Postgres::open(name).await.map(boxed)),
            _ => ("memory", Ok(boxed(Memory::default()))),
        };
        let refused = |Failed(why): Failed| format!("LAB_STORE: {kind} cannot be used ({why}). Start it, correct the address, or take memory:.");
        Ok(Store::over(kind, engine.map_err(refused)?))
    }

    /// The bound and the deadline, in front of an engine.
    pub fn over(kind: &'static str, engine: Arc<dyn Engine>) -> Store {
        Store {
            kind,
            engine,
            calls: Arc::new(Semaphore::new(CALLS)),
            answers: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Whether the last call was answered.
    pub fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    /// One call. It is made once: an engine that fell silent may have done it.
    pub async fn call<'a, T, F>(&'a self, call: impl FnOnce(&'a dyn Engine) -> F) -> Result<T, Unavailable>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let deadline = DEADLINE.try_with(|at| *at).unwrap_or_else(|_| Instant::now() + CALL);
        let work = async {
            let _turn = self.calls.acquire().await?;
            call(&*self.engine).await
        };
        let late = |_| Failed("it did not answer in time".into());
        let done = timeout_at(deadline, work).await.map_err(late).flatten();
        if self.answers.swap(done.is_ok(), Ordering::Relaxed) != done.is_ok() {
            web::notice(&match &done {
                Ok(_) => format!("store: {} answers again", self.kind),
                Err(Failed(why)) => format!("store: {} is gone: {why}", self.kind),
            });
        }
        done.map_err(|_| Unavailable)
    }
}

fn boxed(engine: impl Engine + 'static) -> Arc<dyn Engine> {
    Arc::new(engine)
}

/// Gives a request its deadline.
pub async fn in_time(request: Request, next: Next) -> Response {
    DEADLINE.scope(Instant::now() + REQUEST, next.run(request)).await
}

/// The page for whoever sits in front of a browser.
impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        let problem = Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            what: "This server cannot reach its store, so it cannot tell what is true.".into(),
            rule: "Whatever cannot be looked up is refused, and never granted.",
            hint: "Try again in a moment. The red terminal says what is wrong with the store.".into(),
        };
        ([(RETRY_AFTER, "1")], problem).into_response()
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
