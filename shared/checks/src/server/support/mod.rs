//! What several checks of the server need.

mod browser;
mod chance;
mod near;
mod refusal;
mod tokens;

pub use browser::is_logged_in;
pub use browser::outcome_of;
pub use browser::refused_by_page;
pub use browser::refused_by_redirect;
pub use browser::refused_somehow;
pub use chance::must_be_unguessable;
pub use near::almost;
pub use refusal::refused_by_token;
pub use refusal::shut;
pub use refusal::stays_here;
pub use tokens::must_be_alive;
pub use tokens::one_winner;

use kit::flow::TokenRequest;
use kit::{Outcome, Pair, Target, Verdict};

/// The settings of how long things live at the server.
pub const LIFETIMES: [&str; 5] = [
    "LAB_TTL_CODE",
    "LAB_TTL_PENDING",
    "LAB_TTL_ACCESS",
    "LAB_TTL_REFRESH",
    "LAB_TTL_REFRESH_IDLE",
];

/// The tables of the server whose rows end, as `/debug/state` calls them.
pub const TABLES: [&str; 5] = [
    "authorization_codes",
    "authorization_requests",
    "grants",
    "access_tokens",
    "consents",
];

/// Fails with what was got, in words, unless `good`.
pub fn must(good: bool, sent: &str, wanted: &str, got: impl Into<String>) -> Result<(), Verdict> {
    if good {
        Ok(())
    } else {
        Err(Verdict::failed(sent, wanted, got))
    }
}

/// After refusals the same request is still good. Of another server only that the next one is: that wrong tries leave a code
/// good is a SHOULD of its own (R4.8).
pub async fn still_good(target: &Target, request: &TokenRequest) -> Outcome {
    if target.pair.is_some() {
        target.tokens_for(request).await?;
        return Ok(());
    }
    target.still_works().await
}

/// Fails unless the server is one of this lab, for rules that are the lab's own and that nobody else has heard of.
pub fn of_this_lab(target: &Target) -> Result<&Pair, Verdict> {
    let pair = target.pair.as_deref();
    pair.ok_or_else(|| Verdict::skipped("a server of this lab: the rule is its own"))
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
