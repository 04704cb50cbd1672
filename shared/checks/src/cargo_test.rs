//! The checks and the attacks of a version as lines of `cargo test`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::check::run_check;
use crate::registry::all_checks;
use crate::{Check, texts};
use kit::Executables;
use kit::harness::Harness;
use kit::ladder::number;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

/// Checks wait for the network more than they compute.
const THREADS: usize = 16;

/// Runs every check that binds `version` (`v03`) against the real binaries of its cast, each as a line of its own.
pub fn cargo_test(version: &str, cast: &[&str]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(THREADS));
    let Some(number) = number(version) else {
        eprintln!("{version} is not the name of a version, such as v03");
        return ExitCode::FAILURE;
    };
    let executables = match Executables::of_cast(cast.iter().map(PathBuf::from)) {
        Ok(executables) => executables,
        Err(trouble) => {
            eprintln!("{trouble}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => Arc::new(runtime),
        Err(trouble) => {
            eprintln!("no tokio runtime: {trouble}");
            return ExitCode::FAILURE;
        }
    };
    let harness = Harness::new(number, executables, runtime);
    let checks = all_checks().into_iter().filter(|check| check.holds_in(number));
    // Those that run alone come last: nobody has to wait for them.
    let (alone, beside): (Vec<Check>, Vec<Check>) = checks.partition(Check::is_alone);
    let all = |checks: Vec<Check>| checks.into_iter().map(|check| trial(check, &harness));
    let mut trials: Vec<Trial> = all(beside).collect();
    trials.extend(attacks::trials::trials(&harness));
    trials.extend(texts::trials(&harness));
    trials.extend(all(alone));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(check: Check, harness: &Harness) -> Trial {
    let left_out = check.left_out();
    let line = match left_out {
        Some(missing) => format!("{}, which needs {missing}", check.line()),
        None => check.line(),
    };
    let trial = harness.trial(line, async move |target| {
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
    });
    trial.with_ignored_flag(left_out.is_some())
}
