//! What an engine has to do, and all that it has to do.

use std::fmt;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use async_trait::async_trait;

/// Keeps rows of text under keys, in tables. All instances of the server that use the same engine see the same rows.
///
/// An engine decides nothing: whether a row has ended, and what it means, is judged by [`Table`](super::Table).
#[async_trait]
pub trait Engine: Send + Sync {
    /// The row, as it is now: whoever asks after a change was acknowledged sees it, wherever it was made.
    async fn get(&self, table: &'static str, key: String) -> Asked<Option<String>>;

    /// Puts `after` in the place of `before`, in one step, if the row is still exactly that. `None` is no row.
    ///
    /// Of many who change the same row at once, one is told `true`. This is all that single use rests on.
    async fn compare_and_set(
        &self,
        table: &'static str,
        key: String,
        before: Option<String>,
        after: Option<Row>,
    ) -> Asked<bool>;

    /// At most so many rows with their keys, the one that was added last first, and how many there are in all.
    async fn newest(&self, table: &'static str, most: usize) -> Asked<(Vec<Found>, usize)>;

    /// Removes every row whose end is at or before `ended_by`, and the rows under `keys`, whatever their end.
    async fn remove(&self, table: &'static str, ended_by: u64, keys: Vec<String>) -> Asked<()>;
}

/// A row on its way into the engine.
#[derive(Clone, Debug)]
pub struct Row {
    /// Never empty.
    pub text: String,
    /// When it may be swept out, in milliseconds since 1970.
    pub ends_at: u64,
}

/// A key, and the text of its row.
pub type Found = (String, String);

/// What an engine says.
pub type Asked<T> = Result<T, Failed>;

/// Why an engine did not do what it was asked for. Whether it did it all the same, nobody knows.
#[derive(Debug)]
pub struct Failed(pub String);

impl<E: fmt::Display> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed(error.to_string())
    }
}

/// Milliseconds since 1970.
pub fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
