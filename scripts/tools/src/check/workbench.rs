//! The workbench: built, held against the rules of its goal, and again after each save.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::workbench::{checks, progress};
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::Versions;
use lab::workbench::bench;
use lab::workbench::bench::Bench;
use lab::workbench::state::State;

/// How often `watch` looks for saved files.
const LOOK: Duration = Duration::from_millis(400);

/// Builds the workbench and holds it against the rules of its goal. Fails while a rule does not hold.
///
/// # Errors
/// There is no workbench, it does not build, or the checks cannot be run.
pub fn run(versions: &Versions, watch: bool, full: bool, only: &[String]) -> Outcome {
    let bench = bench::open(versions)?;
    if !watch {
        return Ok(match once(&bench, full, only)? {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        });
    }
    loop {
        let before = newest(&bench.folder);
        if std::io::stdout().is_terminal() {
            // Clears the screen and goes to its top: the list stays at the same place.
            term::print("\x1b[2J\x1b[H");
        }
        match once(&bench, full, only) {
            // The compiler has said why; the next save may help.
            Ok(_) | Err(Error::Build) => {}
            Err(error) => return Err(error),
        }
        term::line(&term::dim("\nWaiting for a saved file. Ctrl-C ends this."));
        while newest(&bench.folder) == before {
            thread::sleep(LOOK);
        }
        // Editors often write a file in two strokes.
        thread::sleep(LOOK);
    }
}

/// Builds it, runs the checks, draws the list. Returns whether all of them hold.
///
/// # Errors
/// It does not build, the checks cannot be run, or none is named as `only` says.
pub fn once(bench: &Bench, full: bool, only: &[String]) -> Result<bool, Error> {
    let executables = checks::build(&bench.folder)?;
    let goal = kit::ladder::number(&bench.goal.name).unwrap_or_default();
    let live = std::io::stderr().is_terminal();
    let findings = checks::run(&executables, goal, only, |done, all| {
        if live {
            eprint!("\r{done} of {all} rules tried ");
        }
    })?;
    if live {
        eprint!("\r{:40}\r", "");
    }
    term::print(&progress::render(&findings, goal, full, only.is_empty()));
    if only.is_empty() {
        let open = progress::first_open(&findings, goal).map(str::to_string);
        let state = State {
            open,
            ..bench.state.clone()
        };
        state.write(&bench.folder)?;
    }
    Ok(findings.all.iter().all(|finding| finding.outcome.is_ok()))
}

/// When the newest file below `folder` was saved, and how many there are (a removed file is a change too).
fn newest(folder: &Path) -> (Option<SystemTime>, usize) {
    let mut newest = (None, 0);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "target" {
            let below = self::newest(&path);
            newest = (newest.0.max(below.0), newest.1 + below.1);
        } else if path.is_file() && entry.file_name() != "Cargo.lock" {
            let saved = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            newest = (newest.0.max(saved), newest.1 + 1);
        }
    }
    newest
}
