//! What every line of `cargo test` shares: the pair, started once.

use std::sync::Arc;

use crate::pair::{Executables, Pair};
use crate::target::Target;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// What a line of `cargo test` needs. Clones share the pair.
#[derive(Clone)]
pub struct Harness {
    /// The version under test: 3 for v03.
    pub version: u8,
    /// Its two binaries.
    pub executables: Executables,
    /// Where everything runs.
    pub runtime: Arc<Runtime>,
    /// Started once, by the first line that needs it; `cargo test -- --list` starts nothing.
    target: Arc<OnceCell<Result<Target, String>>>,
}

impl Harness {
    /// Nothing is started yet.
    pub fn new(version: u8, executables: Executables, runtime: Arc<Runtime>) -> Harness {
        Harness {
            version,
            executables,
            runtime,
            target: Arc::default(),
        }
    }

    /// A line that looks at the shared pair.
    pub fn trial(
        &self,
        name: impl Into<String>,
        look: impl AsyncFnOnce(&Target) -> Result<(), Failed> + Send + 'static,
    ) -> Trial {
        let harness = self.clone();
        Trial::test(name, move || {
            harness.runtime.block_on(async {
                let start = || start(harness.version, &harness.executables);
                look(harness.target.get_or_init(start).await.as_ref()?).await
            })
        })
    }
}

/// Starts the pair that checks and attacks share.
async fn start(version: u8, executables: &Executables) -> Result<Target, String> {
    let pair = Pair::start(executables, &[]).await?;
    Ok(Target::of_pair(version, Arc::new(pair), executables))
}
