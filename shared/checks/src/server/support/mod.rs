//! What several checks of the server need.

mod browser;
mod chance;
mod tokens;

pub use browser::is_logged_in;
pub use browser::refused_by_page;
pub use browser::refused_by_redirect;
pub use chance::must_be_unguessable;
pub use tokens::must_be_alive;
pub use tokens::one_winner;

use crate::check::Outcome;
use crate::check::Verdict;

/// Fails with what was got, in words, unless `good`.
pub fn must(good: bool, sent: &str, wanted: &str, got: impl Into<String>) -> Result<(), Verdict> {
    if good {
        Ok(())
    } else {
        Err(Verdict::failed(sent, wanted, got))
    }
}

/// Runs a check of a lifetime with a short one, and again with longer ones if it fails: on a busy machine the time may
/// be over before the good request was sent. A fault of the server shows with all of them.
pub async fn patiently<R>(check: impl Fn(u64) -> R) -> Outcome
where
    R: Future<Output = Outcome>,
{
    for seconds in [2, 5] {
        let outcome = check(seconds).await;
        if !matches!(outcome, Err(Verdict::Failed { .. })) {
            return outcome;
        }
    }
    check(12).await
}
