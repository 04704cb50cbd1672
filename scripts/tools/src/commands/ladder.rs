//! `cargo lab ladder`: the steps in numbers, and the golden rule as a check.

use std::fmt::Write;
use std::process::ExitCode;

use crate::golden;
use crate::golden::size;
use crate::golden::size::{Lines, Size};
use clap::Args;
use lab::diff::counts::Counts;
use lab::error::{Error, Outcome};
use lab::versions::Versions;
use lab::{kept_diffs, term};

/// How `cargo lab ladder` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab ladder            the table, and what breaks the golden rule
  cargo lab ladder --write    refresh what is generated first")]
pub struct LadderArgs {
    /// Write what is generated: parts of the READMEs, and docs/diffs
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
    term::print(&comments(&versions)?);
    let problems = golden::problems(&versions)?;
    if problems.is_empty() {
        term::line(&term::paint(
            term::GREEN,
            "The golden rule holds: neighbours differ by the declared idea.",
        ));
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &problems {
        term::line(&format!(
            "{}\n  {}\n  {} {}\n",
            term::paint(term::RED, &problem.place),
            wrapped(&problem.what, 2),
            term::bold("Next:"),
            wrapped(&problem.next, 8)
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
    let pages = golden::pages::write(versions)?;
    for file in pages.into_iter().chain(kept_diffs::write(versions)?) {
        term::line(&format!("wrote {file}"));
    }
    Ok(())
}

/// Prose at most as wide as a narrow terminal; lines that are indented, as those to copy, stay as they are.
fn wrapped(text: &str, indent: usize) -> String {
    let lines = text.lines().map(|line| match line.starts_with(' ') {
        true => line.to_string(),
        false => term::wrap(line, term::WIDTH, indent),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// For each step its numbers, the budget, and the same for its parts.
fn table(sizes: &[Size]) -> String {
    let heading = format!(
        "{:<14} {:>5}  {:<12} {:<12} {:<12} text",
        "step", "files", "code", "templates", "tests"
    );
    let mut text = format!("{}\n", term::bold(&heading));
    for size in sizes {
        let step = format!("{} -> {}", size.from, size.to);
        text.push_str(&row(&step, &size.lines));
        let budget = match size.budget {
            None => "no budget declared".to_string(),
            Some(budget) => {
                format!("{:<14} {:>5}  +{} -{}", "  at most", "", budget.added, budget.removed)
            }
        };
        let _ = writeln!(text, "{}", term::dim(&budget));
        for part in size.parts.iter().filter(|_| size.parts.len() > 1) {
            let most = part.budget.map_or(String::new(), |most| format!(" (at most +{most})"));
            let title = term::wrap(&format!("{}{most}", part.title), term::WIDTH, 2);
            let _ = writeln!(text, "  {title}");
            text.push_str(&row("", &part.lines));
        }
    }
    text.push_str(&term::dim(
        "+ added, - removed; a changed line is one of each. Code is counted without comments, blank\n\
         lines, `use`, `mod` and unit tests, which are counted as tests.\n\n",
    ));
    text
}

fn row(label: &str, lines: &Lines) -> String {
    let [code, templates, tests, prose] = [
        lines.code,
        lines.templates,
        lines.tests,
        lines.text,
    ]
    .map(numbers);
    let files = lines.files;
    let row = format!("{label:<14} {files:>5}  {code:<12} {templates:<12} {tests:<12} {prose}");
    format!("{}\n", row.trim_end())
}

fn numbers(counts: Counts) -> String {
    match counts.files + counts.plus + counts.minus {
        0 => String::new(),
        _ => format!("+{} -{}", counts.plus, counts.minus),
    }
}

/// How many lines of comment each version has to its lines of code. An aim, no rule.
fn comments(versions: &Versions) -> Result<String, Error> {
    let mut text = format!("{}\n", term::bold("version   code  comments  ratio (aim: 0.25)"));
    for version in &versions.all {
        let (code, comments) = size::comments(version)?;
        let ratio = comments as f64 / code.max(1) as f64;
        let _ = writeln!(text, "{:<8} {code:>5}  {comments:>8}  {ratio:>5.2}", version.name);
    }
    text.push('\n');
    Ok(text)
}
