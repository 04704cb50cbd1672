//! `cargo lab break --all` and `--coverage`: every guard, and every check.

use std::process::ExitCode;
use std::time::Instant;

use crate::breaks::all::{Plan, Trial};
use crate::breaks::declared::Break;
use crate::breaks::trial::Bench;
use crate::breaks::{all, coverage, declared, judge, load, tell, trial};
use clap::Args;
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::{Version, Versions};

/// Which breaks are run, when all are.
#[derive(Args, Debug)]
pub struct AllArgs {
    /// Run every break, each in its newest version
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
    /// With --all: how many pairs are judged at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
}

/// Runs every break, or those that are asked for.
///
/// # Errors
/// A build fails, or a break names a check that there is none of.
pub fn run_all(versions: &Versions, breaks: &[Break], args: &AllArgs, full: bool) -> Outcome {
    let begin = Instant::now();
    let mut trials = Vec::new();
    for name in &args.only {
        load::find(breaks, name)?;
    }
    for broken in breaks.iter().filter(|b| args.only.is_empty() || args.only.contains(&b.name)) {
        let mut fitting = broken.versions(versions);
        match (args.everywhere, args.oldest) {
            (true, _) => {}
            (false, true) => fitting.truncate(1),
            (false, false) => fitting = vec![broken.newest(versions)?],
        }
        trials.extend(fitting.into_iter().map(|version| Trial { broken, version }));
    }
    let mut needed: Vec<&Version> = trials.iter().map(|trial| trial.version).collect();
    needed.sort_by(|a, b| a.name.cmp(&b.name));
    needed.dedup();
    let bench = Bench::open(versions, &needed)?;
    let unknown: Vec<String> = trials
        .iter()
        .flat_map(|trial| {
            let fitting = trial.broken.versions(versions);
            let numbers: Vec<u32> = fitting.into_iter().map(declared::number).collect();
            coverage::unknown(bench.list.values(), trial.broken, &numbers)
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::request(unknown.join("\n")));
    }
    trials.retain(|trial| {
        let missing = trial::left_out(trial.broken, &bench.list, trial.version);
        if let Some(missing) = missing {
            term::line(&format!("left out: {}, which needs {missing}", trial.broken.name));
        }
        missing.is_none()
    });
    let plan = Plan {
        jobs: args.jobs,
        full,
    };
    let unbroken = all::judge_unbroken(&bench, &trials, plan)?;
    for failed in &unbroken {
        term::line(&format!("{} {failed}", term::paint(term::RED, "fails without any break:")));
    }
    let (total, mut done) = (trials.len(), 0);
    let reports = all::run(&bench, trials, plan, |report| {
        done += 1;
        term::print(&tell::progress(report, done, total));
        if full {
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

/// Lists every check with the breaks that turn it.
///
/// # Errors
/// The judge cannot be built.
pub fn list_coverage(breaks: &[Break]) -> Outcome {
    let list = judge::list();
    let rows = coverage::rows(&list, breaks);
    for row in &rows {
        let names = match row.breaks.is_empty() {
            true => term::paint(term::YELLOW, "no break"),
            false => row.breaks.join(", "),
        };
        term::line(&format!("{}\n      {}", row.check.name, term::wrap(&names, term::WIDTH, 6)));
    }
    let without: Vec<_> = rows.iter().filter(|row| row.breaks.is_empty()).collect();
    term::line(&format!("\n{} checks and attacks, {} without a break:", rows.len(), without.len()));
    for row in without {
        term::line(&format!("  {}", row.check.name));
    }
    Ok(ExitCode::SUCCESS)
}
