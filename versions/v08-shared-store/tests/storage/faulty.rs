//! An engine that fails when it is told to, for tests: before it does what it was asked for, or after.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;

use super::engine::Asked;
use super::engine::Engine;
use super::engine::Failed;
use super::engine::Found;
use super::engine::Row;
use super::memory::Memory;

/// Rows in memory, a list of what was changed, and one call that fails.
#[derive(Default)]
pub struct Faulty {
    rows: Memory,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: usize,
    fails: Option<(usize, When)>,
    delay: Duration,
    changed: Vec<&'static str>,
}

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The engine has not done it.
    Before,
    /// The engine has done it, and could not say so.
    After,
}

impl Faulty {
    /// The call with this number, counted from now on, fails.
    pub fn fail(&self, call: usize, when: When) {
        *self.state.lock().unwrap() = State {
            fails: Some((call, when)),
            ..State::default()
        };
    }

    /// From now on, every call takes this long.
    pub fn slow(&self, delay: Duration) {
        self.state.lock().unwrap().delay = delay;
    }

    /// How many calls there were since then, and the tables that were changed, in order.
    pub fn told(&self) -> (usize, Vec<&'static str>) {
        let state = self.state.lock().unwrap();
        (state.calls, state.changed.clone())
    }

    async fn call<T>(&self, work: impl Future<Output = Asked<T>>) -> Asked<T> {
        let (fails, delay) = {
            let mut state = self.state.lock().unwrap();
            state.calls += 1;
            let now = state.calls - 1;
            let fails = state.fails.filter(|(call, _)| *call == now).map(|(_, when)| when);
            (fails, state.delay)
        };
        tokio::time::sleep(delay).await;
        let failed = || Err(Failed("told to".into()));
        match fails {
            Some(When::Before) => failed(),
            Some(When::After) => work.await.and_then(|_| failed()),
            None => work.await,
        }
    }
}

#[async_trait]
impl Engine for Faulty {
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>> {
        self.call(self.rows.get(table, key)).await
    }

    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool> {
        let work = async {
            let set = self.rows.compare_and_set(table, key, before, after).await?;
            if set {
                self.state.lock().unwrap().changed.push(table);
            }
            Ok(set)
        };
        self.call(work).await
    }

    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)> {
        self.rows.newest(table, most).await
    }

    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()> {
        self.rows.remove(table, ended_by, keys).await
    }
}
