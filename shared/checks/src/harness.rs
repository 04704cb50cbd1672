//! The checks and the attacks as lines of `cargo test`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::Arguments;
use libtest_mimic::Failed;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::attacks;
use crate::check::Check;
use crate::check::run_check;
use crate::pair::Executables;
use crate::pair::Pair;
use crate::registry::all_checks;
use crate::target::Target;
use crate::texts;

/// Checks wait for the network more than they compute.
const THREADS: usize = 16;

/// What a line of `cargo test` needs. Clones share the pair.
#[derive(Clone)]
pub(crate) struct Harness {
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
    /// A line that looks at the shared pair.
    pub(crate) fn trial(
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

/// Runs every check that binds `version` (`v03`) against the real binaries, each as a line of its own.
pub fn cargo_test(version: &str, server_exe: &str, client_exe: &str) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(THREADS));
    let Some(number) = version_number(version) else {
        eprintln!("{version} is not the name of a version, such as v03");
        return ExitCode::FAILURE;
    };
    let executables = Executables {
        server: PathBuf::from(server_exe),
        client: PathBuf::from(client_exe),
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => Arc::new(runtime),
        Err(trouble) => {
            eprintln!("no tokio runtime: {trouble}");
            return ExitCode::FAILURE;
        }
    };
    let harness = Harness {
        version: number,
        executables,
        runtime,
        target: Arc::default(),
    };
    let mut trials: Vec<Trial> = all_checks()
        .into_iter()
        .filter(|check| check.holds_in(number))
        .map(|check| trial(check, &harness))
        .collect();
    trials.extend(attacks::trials::trials(&harness));
    trials.extend(texts::trials(&harness));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// 3 of `v03`.
pub fn version_number(version: &str) -> Option<u8> {
    version.strip_prefix('v')?.parse().ok()
}

fn trial(check: Check, harness: &Harness) -> Trial {
    harness.trial(check.line(), async move |target| {
        // Nothing is missing here, so a check that skips itself has failed.
        run_check(&check, target).await.map_err(|verdict| {
            Failed::from(format!(
                "{}\nmust: {}\nwhy:  {}\nread: {}, {}\n{verdict}",
                check.line(),
                check.must,
                check.why,
                check.section,
                check.chapter(),
            ))
        })
    })
}

/// Starts the pair that checks and attacks share.
async fn start(version: u8, executables: &Executables) -> Result<Target, String> {
    let pair = Pair::start(executables, &[]).await?;
    Ok(Target::of_pair(version, Arc::new(pair), executables))
}
