//! `cargo lab start` and `cargo lab reset`: a workbench for one step.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use crate::workbench::{files, making};
use clap::Args;
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::Versions;
use lab::workbench::bench;
use lab::workbench::bench::Bench;

/// How `cargo lab start` is called.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  cargo lab start v03      workbench/ is then v02, and your task is to make it v03")]
pub struct StartArgs {
    /// The version that you want to write
    pub version: String,
}

/// How `cargo lab reset` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab reset          start the same step over
  cargo lab reset v04      put the work aside and start another step")]
pub struct ResetArgs {
    /// Another version to write; without it, the same one again
    pub version: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// Makes a workbench.
///
/// # Errors
/// The version is unknown or the first one, the workbench holds work, or a file cannot be written.
pub fn start(args: &StartArgs) -> Outcome {
    let versions = Versions::here()?;
    let goal = versions.find(&args.version)?;
    let bench = making::make(&versions, goal)?;
    term::print(&next(&bench, &files::start_of(&versions, goal)?.folder)?);
    Ok(ExitCode::SUCCESS)
}

/// Puts the workbench aside and makes a fresh one, after asking.
///
/// # Errors
/// There is no workbench, nobody can be asked, or a file cannot be copied or written.
pub fn reset(args: &ResetArgs) -> Outcome {
    let versions = Versions::here()?;
    let goal = match &args.version {
        Some(version) => versions.find(version)?,
        None => bench::open(&versions)?.goal,
    };
    if !bench::folder(&versions).exists() {
        return Err(Error::request(format!(
            "There is no workbench. Make one: cargo lab start {}",
            goal.name
        )));
    }
    if !args.yes && !agreed(&goal.name)? {
        term::line("Nothing was changed.");
        return Ok(ExitCode::FAILURE);
    }
    let (bench, backup) = making::renew(&versions, goal)?;
    let shown = backup.strip_prefix(&versions.root).unwrap_or(&backup);
    term::line(&format!("Your work is kept in {}/.", shown.display()));
    term::print(&next(&bench, &files::start_of(&versions, goal)?.folder)?);
    Ok(ExitCode::SUCCESS)
}

/// Asks on the terminal.
fn agreed(goal: &str) -> Result<bool, Error> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(Error::request(
            "Nobody can be asked here. Add --yes if you are sure: cargo lab reset --yes",
        ));
    }
    term::print(&format!("Put the workbench aside and start {goal} afresh? [y/N] "));
    let mut answer = String::new();
    input
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Error::Program(format!("Cannot read the answer: {error}.")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// What to do with a workbench that holds `start`.
///
/// # Errors
/// The declaration of its version cannot be read.
pub fn next(bench: &Bench, start: &str) -> Result<String, Error> {
    let idea = bench.goal.declaration()?.idea;
    let steps = [
        ("workbench/TASK.md", "what to build"),
        ("cargo lab check --watch", "which rules your pair obeys, whenever you save"),
        ("cargo lab hint", "a push, one at a time"),
        ("cargo lab run workbench", "start your pair"),
    ];
    let mut text = format!(
        "workbench/ is now {}. Make it {}:\n{}\n\n",
        term::bold(start),
        term::bold(&bench.goal.folder),
        term::wrap(&idea, term::WIDTH, 0)
    );
    for (what, why) in steps {
        let gap = " ".repeat(26 - what.len());
        text.push_str(&format!("  {}{gap}{why}\n", term::command(what)));
    }
    Ok(text)
}
