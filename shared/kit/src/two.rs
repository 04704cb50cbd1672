//! Two servers over one store, and the store in our hands.

use std::sync::Arc;

use crate::engine::{Engine, Kind};
use crate::pair::{change, free_port};
use crate::process::Process;
use crate::target::Target;
use crate::verdict::Verdict;

/// Two servers that share a store.
#[derive(Debug)]
pub struct Two {
    /// The first, with its client. Its address is the one that tokens and pages name.
    pub one: Target,
    /// The second.
    pub other: Target,
    /// The process of the second.
    pub second: Process,
    /// What they share.
    pub engine: Arc<Engine>,
}

impl Two {
    /// Both on a new store of that kind.
    ///
    /// # Errors
    /// Skipped when there are no binaries to start; failed when the store or a server does not start.
    pub async fn start(target: &Target, kind: Kind) -> Result<Two, Verdict> {
        let engine = tokio::task::spawn_blocking(move || Engine::start(kind)).await;
        let broken =
            |trouble: String| Verdict::failed(format!("start {kind:?}"), "a store", trouble);
        let engine = engine.map_err(|trouble| broken(trouble.to_string()))?.map_err(broken)?;
        let one = target.with_settings(&[("LAB_STORE", &engine.store)]).await?;
        let (other, second) = one.beside().await?;
        Ok(Two {
            one,
            other,
            second,
            engine: Arc::new(engine),
        })
    }

    /// Starts the second server again, after it was killed.
    ///
    /// # Errors
    /// It does not start.
    pub async fn second_again(&mut self) -> Result<(), Verdict> {
        self.second = self.other.instance().await?;
        Ok(())
    }
}

impl Target {
    /// A second server of the same version with the same settings, at another port. Whether it shares anything with
    /// the first is up to the version.
    ///
    /// # Errors
    /// Skipped when there are no binaries to start; failed when it does not start.
    pub async fn beside(&self) -> Result<(Target, Process), Verdict> {
        let broken = |trouble: String| Verdict::failed("look for a port", "a free port", trouble);
        let mut other = self.clone();
        other.server = format!("http://localhost:{}", free_port().map_err(broken)?);
        let process = other.instance().await?;
        Ok((other, process))
    }

    /// Starts a server with the settings of the pair, at the address of this target.
    ///
    /// # Errors
    /// Skipped when there are no binaries to start; failed when it does not start.
    pub async fn instance(&self) -> Result<Process, Verdict> {
        let mut settings = self.pair()?.settings.clone();
        let port = self.server.rsplit(':').next().unwrap_or_default();
        change(&mut settings, &[("AUTH_SERVER_PORT", port)]);
        let executables = self.executables.as_ref();
        let exe =
            &executables.ok_or_else(|| Verdict::skipped("a server that can be started"))?.server;
        let started = Process::start(exe, &settings, &self.server).await;
        started.map_err(|words| Verdict::failed("start a server", "a running server", words))
    }
}
