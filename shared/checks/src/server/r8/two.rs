//! A rule, tried on every kind of store that two servers can share.

use kit::engine::Kind;
use kit::two::Two;
use kit::{Outcome, Target, Verdict};

/// Tries a rule on every kind of store that can be had here, and at least on the file.
///
/// With `LAB_REQUIRE_ENGINES` set, as in CI, a missing one is a failure.
pub(super) async fn on_each(target: &Target, test: impl AsyncFn(Two) -> Outcome) -> Outcome {
    on(target, &Kind::ALL, test).await
}

/// Tries a rule on one kind of store. A rule that takes long is three rules, one for each.
pub(super) async fn on_a(
    target: &Target,
    kind: Kind,
    test: impl AsyncFn(Two) -> Outcome,
) -> Outcome {
    on(target, &[kind], test).await
}

async fn on(target: &Target, kinds: &[Kind], test: impl AsyncFn(Two) -> Outcome) -> Outcome {
    if target.executables.is_none() {
        return Err(Verdict::skipped("a server that we can start, with LAB_STORE of our own"));
    }
    let mut skipped = Verdict::skipped("a store");
    let mut tried = false;
    for kind in kinds {
        if let Some(missing) = kind.missing() {
            skipped = Verdict::skipped(missing);
            if std::env::var_os("LAB_REQUIRE_ENGINES").is_some() {
                return Err(Verdict::failed(
                    "look for the engines",
                    missing,
                    "it is not installed",
                ));
            }
            continue;
        }
        let named = |verdict| match verdict {
            Verdict::Failed { sent, wanted, got } => {
                Verdict::failed(format!("with {kind:?} as its store:\n{sent}"), wanted, got)
            }
            skipped => skipped,
        };
        test(Two::start(target, *kind).await?).await.map_err(named)?;
        tried = true;
    }
    if tried { Ok(()) } else { Err(skipped) }
}
