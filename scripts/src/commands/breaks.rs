//! `cargo lab break`: one guard taken out, to see what it was for.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use crate::breaks::all;
use crate::breaks::all::Plan;
use crate::breaks::all::Trial;
use crate::breaks::coverage;
use crate::breaks::declared;
use crate::breaks::declared::Break;
use crate::breaks::judge::HONEST;
use crate::breaks::judge::Judge;
use crate::breaks::tell;
use crate::breaks::trial;
use crate::breaks::trial::Bench;
use crate::breaks::trial::Built;
use crate::error::Error;
use crate::error::Outcome;
use crate::term;
use crate::versions::Version;
use crate::versions::Versions;

/// How `cargo lab break` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab break                              every guard that can be taken out
  cargo lab break v04 verifier-not-compared    take it out of a copy, build it, see what turns
  cargo lab break --all                        each of them once, as CI does
  cargo lab break --coverage                   which check is turned by which break")]
pub struct BreakArgs {
    /// The version, then the break
    #[arg(value_names = ["VERSION", "NAME"], num_args = 0..=2)]
    pub what: Vec<String>,
    /// Run every break in its newest version; with names behind it, only those
    #[arg(long)]
    pub all: bool,
    /// With --all: only these breaks
    #[arg(long, value_name = "NAME", requires = "all")]
    pub only: Vec<String>,
    /// With --all: in the version that brings the guard, and not in the newest
    #[arg(long, requires = "all", conflicts_with = "everywhere")]
    pub oldest: bool,
    /// With --all: in every version that has the guard
    #[arg(long, requires = "all")]
    pub everywhere: bool,
    /// Run every check of the version, not only those that the break declares
    #[arg(long)]
    pub full: bool,
    /// With --all: how many pairs are judged at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
    /// List every check with the breaks that turn it
    #[arg(long, conflicts_with_all = ["all", "what"])]
    pub coverage: bool,
}

/// Lists breaks, runs one, or runs all.
///
/// # Errors
/// A name is unknown, a break does not apply, or a build fails.
pub fn run(args: &BreakArgs) -> Outcome {
    let versions = Versions::here()?;
    let breaks = declared::all(&versions.root)?;
    if args.coverage {
        return list_coverage(&versions, &breaks);
    }
    if args.all {
        return run_all(&versions, &breaks, args);
    }
    match args.what.as_slice() {
        [] => {
            term::print(&tell::list(&breaks, &versions));
            Ok(ExitCode::SUCCESS)
        }
        [version, name] => run_one(&versions, &breaks, (version, name), args.full),
        // One word: a break alone means its newest version; anything else is a version without a break.
        [name] if breaks.iter().any(|known| known.name == *name) => {
            let broken = declared::find(&breaks, name)?;
            let newest = newest(broken, &versions)?.name.clone();
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

fn newest<'a>(broken: &Break, versions: &'a Versions) -> Result<&'a Version, Error> {
    broken.versions(versions).pop().ok_or_else(|| {
        Error::request(format!(
            "No version has the guard of `{}`: see `since` and `until`.",
            broken.name
        ))
    })
}

fn run_one(
    versions: &Versions,
    breaks: &[Break],
    (version, name): (&str, &str),
    full: bool,
) -> Outcome {
    let version = versions.find(version)?;
    let broken = declared::find(breaks, name)?;
    if !broken.fits(declared::number(version)) {
        let range = broken.range(versions);
        return Err(Error::request(format!(
            "{} has no such guard. `{name}` is for {range}.",
            version.name
        )));
    }
    let bench = Bench::open(versions, &[version])?;
    let files = bench.patch(version, broken)?;
    term::print(&tell::opening(version, broken, &files));
    term::note(&term::dim("Building the broken copy …"));
    let built = bench.build(version, broken, &files);
    let verdicts = match built {
        Ok(Built::Pair(pair)) => {
            let cases = match full {
                true => vec!["all".into(), HONEST.into()],
                false => trial::cases(broken),
            };
            term::note(&term::dim("Running the checks on it …"));
            bench.judge.judge(version, &pair.server, &pair.client, &cases)
        }
        Ok(Built::Refused(words)) => {
            Err(Error::Program(format!("The broken copy does not build:\n{words}")))
        }
        Err(error) => Err(error),
    };
    bench.scratch.restore(&files)?;
    let verdicts = verdicts?;
    term::print(&tell::ending(&bench, broken, &verdicts));
    let problems = trial::problems(broken, &verdicts);
    for problem in &problems {
        term::note(&format!("{} {problem}", term::paint(term::RED, "error:")));
    }
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_all(versions: &Versions, breaks: &[Break], args: &BreakArgs) -> Outcome {
    let begin = Instant::now();
    let mut trials = Vec::new();
    for name in &args.only {
        declared::find(breaks, name)?;
    }
    for broken in breaks.iter().filter(|b| args.only.is_empty() || args.only.contains(&b.name)) {
        let mut fitting = broken.versions(versions);
        match (args.everywhere, args.oldest) {
            (true, _) => {}
            (false, true) => fitting.truncate(1),
            (false, false) => fitting = vec![newest(broken, versions)?],
        }
        trials.extend(fitting.into_iter().map(|version| Trial { broken, version }));
    }
    let mut needed: Vec<&Version> = trials.iter().map(|trial| trial.version).collect();
    needed.sort_by(|a, b| a.name.cmp(&b.name));
    needed.dedup();
    let bench = Bench::open(versions, &needed)?;
    let plan = Plan {
        jobs: args.jobs,
        full: args.full,
    };
    let unbroken = all::judge_unbroken(&bench, &trials, plan)?;
    for failed in &unbroken {
        term::line(&format!("{} {failed}", term::paint(term::RED, "fails without any break:")));
    }
    let (total, mut done) = (trials.len(), 0);
    let reports = all::run(&bench, trials, plan, |report| {
        done += 1;
        term::print(&tell::progress(report, done, total));
        if args.full {
            term::print(&tell::turned(report));
        }
    })?;
    let bad = reports.iter().filter(|report| !report.problems.is_empty()).count();
    let seconds = begin.elapsed().as_secs();
    term::line(&format!(
        "\n{total} breaks, {} did what they declare, {bad} did not. {} min {} s.",
        total - bad,
        seconds / 60,
        seconds % 60
    ));
    let good = bad == 0 && unbroken.is_empty();
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn list_coverage(versions: &Versions, breaks: &[Break]) -> Outcome {
    let list = Judge::build(&versions.root)?.list()?;
    let rows = coverage::rows(&list, breaks);
    for row in &rows {
        let names = match row.breaks.is_empty() {
            true => term::paint(term::YELLOW, "no break"),
            false => row.breaks.join(", "),
        };
        term::line(&format!("{}\n      {}", row.check.name, term::wrap(&names, 100, 6)));
    }
    let without: Vec<_> = rows.iter().filter(|row| row.breaks.is_empty()).collect();
    term::line(&format!("\n{} checks and attacks, {} without a break:", rows.len(), without.len()));
    for row in without {
        term::line(&format!("  {}", row.check.name));
    }
    Ok(ExitCode::SUCCESS)
}
