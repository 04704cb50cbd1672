//! `cargo lab carry`: a fix made in one version reaches every later one.

use std::fmt::Write;
use std::process::ExitCode;

use crate::carry::change::{Change, Changes};
use crate::carry::plan::{Action, Fate};
use crate::carry::{apply, change, git, plan};
use clap::Args;
use lab::error::Outcome;
use lab::term;
use lab::versions::{Version, Versions};

/// How `cargo lab carry` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab carry v02 --dry-run       what would happen
  cargo lab carry v02                 take the uncommitted change on into v03 and all later ones
  cargo lab carry v02 --since HEAD~1  take a change on that is committed already")]
pub struct CarryArgs {
    /// The version in which the fix was made
    pub version: String,
    /// Everything that changed since this revision
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub since: String,
    /// Write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Carries a change upward. Fails when a person has to finish it.
///
/// # Errors
/// The version or revision is unknown, git is missing, or a file cannot be read or written.
pub fn run(args: &CarryArgs) -> Outcome {
    let versions = Versions::here()?;
    let from = versions.find(&args.version)?;
    git::demand_revision(&versions.root, &args.since)?;
    let Changes {
        carried: changes,
        pages,
    } = change::since(&versions.root, from, &args.since)?;
    for page in &pages {
        term::line(&format!("{page} has changed, too, and stays here: each version has its own."));
    }
    let later: Vec<Version> =
        versions.all.iter().filter(|version| version.folder > from.folder).cloned().collect();
    if changes.is_empty() || later.is_empty() {
        term::line(&nothing(from, &later, &args.since));
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = Vec::new();
    for change in &changes {
        rows.push(plan::plan(from, &later, change)?);
    }
    let actions: Vec<Action> = rows.iter().flatten().cloned().collect();
    let backup = if args.dry_run {
        None
    } else {
        apply::apply(&versions.root, &actions)?
    };
    term::print(&table(from, &later, &changes, &rows));
    let open = open(&actions);
    term::print(&open);
    if let Some(backup) = backup {
        let shown = backup.strip_prefix(&versions.root).unwrap_or(&backup);
        term::line(&format!("The files as they were before: {}", shown.display()));
    }
    if args.dry_run {
        term::line("Nothing was written. Without --dry-run it will be.");
    } else if open.is_empty() {
        term::line("Next: cargo test, then cargo lab diff --write");
    }
    Ok(if open.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn nothing(from: &Version, later: &[Version], since: &str) -> String {
    if later.is_empty() {
        return format!("{} is the last version: there is nothing to carry it to.", from.name);
    }
    format!(
        "No code, template or test of {} has changed since {since}: nothing to carry.\n\
         Is the fix committed already? cargo lab carry {} --since HEAD~1",
        from.folder, from.name
    )
}

/// A line for each changed file, a column for each later version.
fn table(from: &Version, later: &[Version], changes: &[Change], rows: &[Vec<Action>]) -> String {
    let width =
        changes.iter().map(|change| change.path.len()).max().unwrap_or(0).max(from.folder.len());
    let mut text = term::bold(&format!("{:width$}", from.folder));
    for version in later {
        text.push_str(&term::bold(&format!("  {:<13}", version.name)));
    }
    text.push('\n');
    for (change, row) in changes.iter().zip(rows) {
        let _ = write!(text, "{:width$}", change.path);
        for action in row {
            let (word, colour) = word(&action.fate);
            text.push_str(&format!("  {}", term::paint(colour, &format!("{word:<13}"))));
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

fn word(fate: &Fate) -> (&'static str, &'static str) {
    match fate {
        Fate::Carried => ("carried", term::GREEN),
        Fate::Copied => ("copied", term::GREEN),
        Fate::Deleted => ("deleted", term::GREEN),
        Fate::Renamed => ("renamed", term::GREEN),
        Fate::Already => ("already there", term::DIM),
        Fate::NotThere => ("no such file", term::DIM),
        Fate::Conflict => ("CONFLICT", term::RED),
        Fate::ByHand(_) => ("BY HAND", term::RED),
    }
}

/// What a person has to finish; empty if nothing.
fn open(actions: &[Action]) -> String {
    let mut text = String::new();
    for action in actions {
        let reason = match &action.fate {
            Fate::Conflict => {
                "find <<<<<<< and decide; the upper part is this version's, the lower one the fix"
            }
            Fate::ByHand(reason) => reason,
            _ => continue,
        };
        let _ = writeln!(text, "versions/{}/{}: {reason}", action.folder, action.path);
    }
    if !text.is_empty() {
        text.push_str("\nFinish these by hand, then run the same command again: it says when everything is there.\n");
    }
    text
}
