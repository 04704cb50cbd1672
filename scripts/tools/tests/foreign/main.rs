//! Servers and clients that are not ours, in Python: one that is right, and others that are wrong in one thing each.
//! `cargo lab check` must find exactly that, and may not blame anything else.

mod cases;
mod python;
mod told;
mod wrong_clients;
mod wrong_servers;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// With more at a time, two cores are no sooner done, and a server that is right comes too late for a rule on time.
const THREADS: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(THREADS));
    let trials = match python::find() {
        Some(python) => {
            let mut trials = cases::trials(&python);
            trials.extend(told::trials(&python));
            trials.extend(wrong_servers::trials(&python));
            trials.extend(wrong_clients::trials(&python));
            trials
        }
        None if python::is_required() => {
            eprintln!("LAB_REQUIRE_PYTHON=1, but there is no Python 3.8 or newer.");
            return ExitCode::FAILURE;
        }
        None => {
            let name = "skipped: foreign servers need Python 3.8 or newer (python3)";
            vec![Trial::test(name, || Ok(())).with_ignored_flag(true)]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}
