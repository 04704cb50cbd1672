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

/// Started once, by the first check that needs it; `cargo test -- --list` starts nothing.
pub(crate) type Shared = OnceCell<Result<Target, String>>;

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
    let shared = Arc::new(Shared::new());
    let mut trials: Vec<Trial> = all_checks()
        .into_iter()
        .filter(|check| check.holds_in(number))
        .map(|check| trial(check, number, &executables, &runtime, &shared))
        .collect();
    trials.extend(attacks::trials::trials(number, &executables, &runtime, &shared));
    trials.extend(texts::trials(number, &executables, &runtime, &shared));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// 3 of `v03`.
pub fn version_number(version: &str) -> Option<u8> {
    version.strip_prefix('v')?.parse().ok()
}

fn trial(
    check: Check,
    version: u8,
    executables: &Executables,
    runtime: &Arc<Runtime>,
    shared: &Arc<Shared>,
) -> Trial {
    let (executables, runtime, shared) =
        (executables.clone(), Arc::clone(runtime), Arc::clone(shared));
    Trial::test(check.line(), move || {
        runtime.block_on(async {
            let target = shared.get_or_init(|| start(version, &executables)).await.as_ref()?;
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
    })
}

/// Starts the pair that checks and attacks share.
pub(crate) async fn start(version: u8, executables: &Executables) -> Result<Target, String> {
    let pair = Pair::start(executables, &[]).await?;
    Ok(Target::of_pair(version, Arc::new(pair), executables))
}
