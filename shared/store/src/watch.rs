//! Somebody may watch what is done with the rows, while one request is answered: the live diagram does.

use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

/// What was done with a row.
#[derive(Debug)]
pub struct Deed<'a> {
    /// The type of the row, without its path.
    pub row: &'static str,
    /// What was done.
    pub verb: Verb,
    /// The key.
    pub key: &'a str,
    /// The row as it was found.
    pub before: Option<Value>,
    /// The row as it is left.
    pub after: Option<Value>,
}

/// What can be done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It was inserted.
    Insert,
    /// It was looked up.
    Get,
    /// It was judged under the lock, and perhaps changed.
    Update,
    /// It was removed, if there was one.
    Take,
}

/// Whoever watches. It is told after the table's lock was released.
pub trait Watch: Send + Sync {
    /// Something was done.
    fn see(&self, deed: Deed<'_>);
}

tokio::task_local! {
    static WATCH: Option<Arc<dyn Watch>>;
}

/// Does `work`, and lets `watch` see what it does with rows.
pub async fn watched<F: Future>(watch: Option<Arc<dyn Watch>>, work: F) -> F::Output {
    WATCH.scope(watch, work).await
}

/// Whoever watches this task, to be handed on to a task that is spawned.
pub fn watch() -> Option<Arc<dyn Watch>> {
    WATCH.try_with(Clone::clone).unwrap_or_default()
}

/// Whether anybody watches this task.
pub fn is_on() -> bool {
    WATCH.try_with(Option::is_some).unwrap_or_default()
}

/// Tells whoever watches. [`Table`](crate::Table) does it by itself; a table that is kept elsewhere calls it.
pub fn tell<V: Serialize>(verb: Verb, key: &str, before: Option<&V>, after: Option<&V>) {
    let Some(watch) = watch() else { return };
    let row = std::any::type_name::<V>();
    let row = row.rsplit("::").next().unwrap_or(row);
    // A row that cannot be written as JSON is told without its fields.
    let json = |row: &V| serde_json::to_value(row).unwrap_or_default();
    let (before, after) = (before.map(json), after.map(json));
    watch.see(Deed {
        row,
        verb,
        key,
        before,
        after,
    });
}
