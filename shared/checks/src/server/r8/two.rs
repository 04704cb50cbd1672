//! A rule, tried on every kind of store that two servers can share.

use std::time::Duration;

use kit::engine::Kind;
use kit::two::Two;
use kit::{Outcome, Target, Verdict};

/// An answer that comes later has come too late: two seconds, and half a second that a busy machine may take to ask.
pub(super) const LATEST: Duration = Duration::from_millis(2500);

/// Tries a rule on every kind of store that can be had here, and at least on the file.
///
/// With `LAB_REQUIRE_ENGINES=1`, as in CI, a missing one is a failure.
pub(super) async fn on_each(target: &Target, test: impl AsyncFn(Two) -> Outcome) -> Outcome {
    let here = Kind::ALL.into_iter().filter(|kind| kind.left_out().is_none());
    on(target, here, test).await
}

/// Tries a rule on one kind of store. A rule that takes long is three rules, one for each.
pub(super) async fn on_a(
    target: &Target,
    kind: Kind,
    test: impl AsyncFn(Two) -> Outcome,
) -> Outcome {
    match kind.left_out() {
        Some(missing) => Err(Verdict::skipped(missing)),
        None => on(target, [kind], test).await,
    }
}

async fn on(
    target: &Target,
    kinds: impl IntoIterator<Item = Kind, IntoIter: Send>,
    test: impl AsyncFn(Two) -> Outcome,
) -> Outcome {
    if target.executables.is_none() {
        return Err(Verdict::skipped("a server that we can start, with LAB_STORE of our own"));
    }
    for kind in kinds {
        let named = |verdict| match verdict {
            Verdict::Failed { sent, wanted, got } => {
                Verdict::failed(format!("with {kind:?} as its store:\n{sent}"), wanted, got)
            }
            skipped => skipped,
        };
        test(Two::start(target, kind).await?).await.map_err(named)?;
    }
    Ok(())
}
