//! `cargo lab next`: from a step that is done to the next one, with one's own code.

use std::process::ExitCode;

use crate::check::workbench;
use crate::commands::start;
use crate::workbench::making;
use clap::Args;
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::Versions;
use lab::workbench::bench;

/// How `cargo lab next` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab next           all rules hold: go on with your own code
  cargo lab reset v04      go on with the project's own v03 instead")]
pub struct NextArgs {}

/// Runs the checks, and makes the workbench one for the next version if all of them hold.
///
/// # Errors
/// There is no workbench, it is for the last version, it does not build, or a file cannot be written.
pub fn run(_: &NextArgs) -> Outcome {
    let versions = Versions::here()?;
    let bench = bench::open(&versions)?;
    let done = &bench.goal.name;
    let Some(next) = versions.after(bench.goal) else {
        return Err(Error::request(format!(
            "{done} is the last version: there is nothing after it."
        )));
    };
    if !workbench::once(&bench, false, &[])? {
        term::note(&format!(
            "\nNothing was changed: {} comes when all rules of {done} hold.",
            next.name
        ));
        return Ok(ExitCode::FAILURE);
    }
    let own_manifest = making::has_own_manifest(&versions, &bench)?;
    let (bench, backup) = making::go_on(&versions, next)?;
    let shown = backup.strip_prefix(&versions.root).unwrap_or(&backup);
    term::line(&format!("\nYour {done} is kept in {}/, too.", shown.display()));
    if own_manifest {
        term::line(
            "Cargo.toml is written anew. If you had dependencies of your own, add them again.",
        );
    }
    term::print(&start::next(&bench, &format!("your {done}"))?);
    term::line(&format!(
        "\nTo go on with the project's own {done}: {}",
        term::command(&format!("cargo lab reset {}", next.name))
    ));
    Ok(ExitCode::SUCCESS)
}
