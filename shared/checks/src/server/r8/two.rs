//! Two servers over one store, and the store in our hands.

use std::sync::Arc;

use kit::engine::{Engine, Kind};
use kit::pair::{change, free_port};
use kit::{Outcome, Process, Target, Verdict};

/// Two servers that share a store.
pub(super) struct Two {
    /// The first, with its client. Its address is the one that tokens and pages name.
    pub(super) one: Target,
    /// The second.
    pub(super) other: Target,
    /// The process of the second.
    pub(super) second: Process,
    /// What they share.
    pub(super) engine: Arc<Engine>,
}

impl Two {
    /// Both on a new store of that kind.
    pub(super) async fn start(target: &Target, kind: Kind) -> Result<Two, Verdict> {
        let engine = tokio::task::spawn_blocking(move || Engine::start(kind)).await;
        let broken =
            |trouble: String| Verdict::failed(format!("start {kind:?}"), "a store", trouble);
        let engine = engine.map_err(|trouble| broken(trouble.to_string()))?.map_err(broken)?;
        let one = target.with_settings(&[("LAB_STORE", &engine.store)]).await?;
        let mut other = one.clone();
        let port = free_port().map_err(broken)?;
        other.server = format!("http://localhost:{port}");
        let second = Two::instance(&other, port).await?;
        Ok(Two {
            one,
            other,
            second,
            engine: Arc::new(engine),
        })
    }

    /// One more server on the same store, at that port.
    pub(super) async fn instance(target: &Target, port: u16) -> Result<Process, Verdict> {
        let mut settings = target.pair()?.settings.clone();
        change(&mut settings, &[("AUTH_SERVER_PORT", &port.to_string())]);
        let executables = target.executables.as_ref();
        let executables =
            executables.ok_or_else(|| Verdict::skipped("a server that we can start"))?;
        let url = format!("http://localhost:{port}");
        let started = Process::start(&executables.server, &settings, &url).await;
        started
            .map_err(|trouble| Verdict::failed("start another server", "a running server", trouble))
    }
}

/// Tries a rule on every kind of store that can be had here, and at least on the file.
///
/// With `LAB_REQUIRE_ENGINES` set, as in CI, a missing one is a failure.
pub(super) async fn on_each(target: &Target, test: impl AsyncFn(Two) -> Outcome) -> Outcome {
    on(target, &Kind::ALL, test).await
}

/// The same, for those that are processes and can be stopped.
pub(super) async fn on_each_process(
    target: &Target,
    test: impl AsyncFn(Two) -> Outcome,
) -> Outcome {
    on(target, &[Kind::Redis, Kind::Postgres], test).await
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
