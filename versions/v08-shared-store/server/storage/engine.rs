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
    async fn get(&self, table: &str, key: &str) -> Result<Option<String>, Failed>;

    /// Puts `after` in the place of `before`, in one step, if the row is still exactly that. `None` is no row.
    ///
    /// Of many who change the same row at once, one is told `true`. This is all that single use rests on.
    async fn compare_and_set(
        &self,
        table: &str,
        key: &str,
        before: Option<&str>,
        after: Option<Row<'_>>,
    ) -> Result<bool, Failed>;

    /// At most so many rows with their keys, the one that was added last first.
    async fn newest(&self, table: &str, most: usize) -> Result<Vec<(String, String)>, Failed>;

    /// How many rows there are.
    async fn count(&self, table: &str) -> Result<usize, Failed>;

    /// Removes the rows that ended before this moment, each together with the look at its end.
    async fn remove_ended(&self, table: &str, now: u64) -> Result<(), Failed>;

    /// Removes these rows, whatever is in them.
    async fn remove(&self, table: &str, keys: &[String]) -> Result<(), Failed>;
}

/// A row on its way into the engine.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub text: &'a str,
    /// When it may be swept out, in milliseconds since 1970.
    pub ends_at: u64,
}

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
