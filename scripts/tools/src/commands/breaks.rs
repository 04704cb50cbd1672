//! `cargo lab break`: one guard taken out, to see what it was for.

use std::process::ExitCode;

use crate::breaks::cases::HONEST;
use crate::breaks::declared::Break;
use crate::breaks::trial::{Bench, Built};
use crate::breaks::{declared, load, tell, trial};
use crate::commands::breaks_all;
use crate::commands::breaks_all::AllArgs;
use clap::Args;
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::Versions;

/// How `cargo lab break` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab break                              a few to begin with
  cargo lab break v04                          every guard of v04 that can be taken out
  cargo lab break v04 verifier-not-compared    take it out of a copy, build it, see what fails then
  cargo lab break --all                        each of them once, as CI does
  cargo lab break --coverage                   which check fails by which break")]
pub struct BreakArgs {
    /// The version, then the break
    #[arg(value_names = ["VERSION", "NAME"], num_args = 0..=2)]
    pub what: Vec<String>,
    /// Which breaks are run, with `--all`.
    #[command(flatten)]
    pub all: AllArgs,
    /// Run every check of the version, not only those that the break declares
    #[arg(long)]
    pub full: bool,
    /// List every guard that can be taken out
    #[arg(long, conflicts_with_all = ["all", "what"])]
    pub list: bool,
    /// List every check with the breaks that make it fail
    #[arg(long, conflicts_with_all = ["all", "what", "list"])]
    pub coverage: bool,
}

/// Lists breaks, runs one, or runs all.
///
/// # Errors
/// A name is unknown, a break does not apply, or a build fails.
pub fn run(args: &BreakArgs) -> Outcome {
    let versions = Versions::here()?;
    let breaks = load::all(&versions.root)?;
    if args.coverage {
        return breaks_all::list_coverage(&breaks);
    }
    if args.all.all {
        return breaks_all::run_all(&versions, &breaks, &args.all, args.full);
    }
    match args.what.as_slice() {
        [] => {
            let text = match args.list {
                true => tell::list(&breaks, &versions),
                false => tell::first(&breaks),
            };
            term::print(&text);
            Ok(ExitCode::SUCCESS)
        }
        [version, name] => run_one(&versions, &breaks, (version, name), args.full),
        // One word: a break alone means its newest version; anything else is a version without a break.
        [name] if breaks.iter().any(|known| known.name == *name) => {
            let broken = load::find(&breaks, name)?;
            let newest = broken.newest(&versions)?.name.clone();
            run_one(&versions, &breaks, (&newest, name), args.full)
        }
        [version, ..] => {
            let number = declared::number(versions.find(version)?);
            let fitting: Vec<Break> =
                breaks.into_iter().filter(|broken| broken.fits(number)).collect();
            term::print(&tell::list(&fitting, &versions));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn run_one(
    versions: &Versions,
    breaks: &[Break],
    (version, name): (&str, &str),
    full: bool,
) -> Outcome {
    let version = versions.find(version)?;
    let broken = load::find(breaks, name)?;
    if !broken.fits(declared::number(version)) {
        let range = broken.range(versions);
        return Err(Error::request(format!(
            "{} has no such guard. `{name}` is for {range}.",
            version.name
        )));
    }
    let bench = Bench::open(versions, &[version])?;
    if let Some(missing) = trial::left_out(broken, &bench.list, version) {
        return Err(Error::request(format!(
            "Only with {missing} can one see what `{name}` does, and that is not installed here.\ndocs/workshop.md says how to get it."
        )));
    }
    let files = bench.patch(version, broken)?;
    term::print(&tell::opening(version, broken, &files));
    term::note(&term::dim("Building the broken copy …"));
    let built = bench.build(version, broken, &files, &bench.scratch);
    let verdicts = match built {
        Ok(Built::Cast(cast)) => {
            let cases = match full {
                true => vec!["all".into(), HONEST.into()],
                false => trial::cases(broken, &bench.list, version),
            };
            term::note(&term::dim("Running the checks on it …"));
            let number = kit::ladder::number(&version.name).unwrap_or_default();
            bench.judge.judge(number, &cast, &cases)
        }
        Ok(Built::Refused(words)) => {
            Err(Error::Program(format!("The broken copy does not build:\n{words}")))
        }
        Err(error) => Err(error),
    };
    bench.scratch.restore(&files)?;
    let verdicts = verdicts?;
    term::print(&tell::ending(&bench, version, broken, &verdicts));
    let turns = trial::turns(broken, &bench.list, version);
    let problems = trial::problems(broken, &turns, &verdicts);
    for problem in &problems {
        term::note(&format!("{} {problem}", term::paint(term::RED, "error:")));
    }
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
