//! `cargo lab ladder`: the steps in numbers, and the golden rule as a check.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;

use crate::diff::counts::Counts;
use crate::error::Error;
use crate::error::Outcome;
use crate::golden;
use crate::golden::size;
use crate::golden::size::Size;
use crate::kept_diffs;
use crate::term;
use crate::versions::Versions;

/// How `cargo lab ladder` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab ladder            the table, and what breaks the golden rule
  cargo lab ladder --write    refresh the README's table and docs/diffs first")]
pub struct LadderArgs {
    /// Write what is generated: the README's table and docs/diffs
    #[arg(long)]
    pub write: bool,
}

/// Prints the table of the steps and everything that breaks the golden rule. Fails if something does.
///
/// # Errors
/// A file cannot be read or written, or a declaration is none.
pub fn run(args: &LadderArgs) -> Outcome {
    let versions = Versions::here()?;
    if args.write {
        write(&versions)?;
    }
    let sizes: Vec<Size> = versions
        .neighbours()
        .map(|(old, new)| size::measure(old, new))
        .collect::<Result<_, _>>()?;
    term::print(&table(&sizes));
    let problems = golden::problems(&versions)?;
    if problems.is_empty() {
        term::line(&term::paint(
            term::GREEN,
            "The golden rule holds: neighbours differ by the declared idea.",
        ));
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &problems {
        let place = term::paint(term::RED, &problem.place);
        term::line(&format!(
            "{place}: {}\n  {} {}\n",
            problem.what,
            term::bold("Next:"),
            problem.next
        ));
    }
    let noun = if problems.len() == 1 {
        "place breaks"
    } else {
        "places break"
    };
    term::line(&format!("{} {noun} the golden rule.", problems.len()));
    Ok(ExitCode::FAILURE)
}

fn write(versions: &Versions) -> Result<(), Error> {
    if golden::pages::write(versions)? {
        term::line("wrote README.md");
    }
    for file in kept_diffs::write(versions)? {
        term::line(&format!("wrote {file}"));
    }
    Ok(())
}

/// A line for each step with its numbers, and its budget below.
fn table(sizes: &[Size]) -> String {
    let mut text = format!(
        "{}\n",
        term::bold(&format!(
            "{:<13} {:>5}  {:<18} {:<18} {:<18} {:<18}",
            "step", "files", "code", "templates", "tests", "text"
        ))
    );
    for size in sizes {
        let step = format!("{} -> {}", size.from, size.to);
        let [code, templates, tests, prose] = [
            size.code,
            size.templates,
            size.tests,
            size.text,
        ]
        .map(numbers);
        let _ = writeln!(
            text,
            "{step:<13} {:>5}  {code:<18} {templates:<18} {tests:<18} {prose:<18}",
            size.files
        );
        let line = match size.budget {
            None => "no budget declared".to_string(),
            Some(budget) => {
                let code = format!("+{} -{}", budget.rust_added, budget.rust_removed);
                let templates =
                    format!("+{} -{}", budget.templates_added, budget.templates_removed);
                format!("{:<13} {:>5}  {code:<18} {templates:<18}", "  at most", budget.files)
            }
        };
        let _ = writeln!(text, "{}", term::dim(line.trim_end()));
    }
    text.push_str(&term::dim(
        "+ lines came, - lines went, ~ of them changed (counted in both)\n\n",
    ));
    text
}

fn numbers(counts: Counts) -> String {
    let Counts {
        files,
        plus,
        minus,
        changed,
    } = counts;
    if files == 0 {
        "none".into()
    } else {
        format!("+{plus} -{minus} (~{changed})")
    }
}
