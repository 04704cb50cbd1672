//! Every break, one after the other: one thread builds, others judge what was built.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::breaks::cases::HONEST;
use crate::breaks::declared::Break;
use crate::breaks::judge::{Finding, Verdict};
use crate::breaks::scratch::Scratch;
use crate::breaks::trial;
use crate::breaks::trial::{Bench, Built};
use kit::Executables;
use lab::error::Error;
use lab::versions::Version;

/// For fewer, a second copy is not worth its first build.
const SEVERAL: usize = 40;

/// A break on a version.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The break.
    pub broken: &'a Break,
    /// The version.
    pub version: &'a Version,
}

/// How a trial went.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// What was tried.
    pub trial: Trial<'a>,
    /// What the checks found.
    pub verdicts: Vec<Verdict>,
    /// What is wrong; empty when the break did what it declares.
    pub problems: Vec<String>,
    /// How long it was built, and judged.
    pub took: (Duration, Duration),
}

/// How the trials are run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many pairs are judged at a time.
    pub jobs: usize,
    /// Whether every check of the version is run, and not only the declared ones.
    pub full: bool,
}

/// A built pair on its way to the judge.
struct Job<'a> {
    trial: Trial<'a>,
    cast: Executables,
    built_in: Duration,
}

impl<'a> Report<'a> {
    fn failed(trial: Trial<'a>, problem: String, built_in: Duration) -> Report<'a> {
        Report {
            trial,
            verdicts: Vec::new(),
            problems: vec![problem],
            took: (built_in, Duration::ZERO),
        }
    }
}

/// Judges the unbroken pairs by everything that the trials will be judged by. What fails here proves nothing later.
///
/// # Errors
/// The judge cannot be run.
pub fn judge_unbroken(bench: &Bench, trials: &[Trial], plan: Plan) -> Result<Vec<String>, Error> {
    let mut cases: BTreeMap<&str, (&Version, BTreeSet<String>)> = BTreeMap::new();
    for trial in trials {
        let entry = cases.entry(&trial.version.name);
        let (_, wanted) = entry.or_insert_with(|| (trial.version, BTreeSet::new()));
        wanted.extend(wanted_cases(bench, *trial, plan));
    }
    let mut failed = Vec::new();
    for (version, wanted) in cases.into_values() {
        let wanted: Vec<String> = wanted.into_iter().collect();
        let number = number_of(version);
        for verdict in bench.judge.judge(number, &bench.cast(version)?, &wanted)? {
            if verdict.finding != Finding::Holds {
                failed.push(format!("{} unbroken: {}", version.name, verdict.name));
            }
        }
    }
    Ok(failed)
}

/// Runs all trials and calls `tell` with each report as it comes.
///
/// # Errors
/// The scratch copy cannot be written, or cargo cannot be called.
pub fn run<'a>(
    bench: &Bench,
    mut trials: Vec<Trial<'a>>,
    plan: Plan,
    tell: impl FnMut(&Report<'a>) + Send,
) -> Result<Vec<Report<'a>>, Error> {
    // What is built alike follows each other. A patched template is read while the program runs: such a break
    // is judged alone, before the template is put back.
    trials.sort_by_key(|trial| {
        let broken = trial.broken;
        (
            broken.is_read_at_run_time(),
            broken.is_shared(),
            &trial.version.name,
            broken.builds.clone(),
        )
    });
    let (alone, together): (Vec<_>, Vec<_>) =
        trials.into_iter().partition(|trial| trial.broken.is_read_at_run_time());
    let done = Mutex::new((Vec::new(), tell));
    let note = |report: Report<'a>| {
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        (done.1)(&report);
        done.0.push(report);
    };
    thread::scope(|scope| -> Result<(), Error> {
        // Few wait: a built pair is a large file.
        let (send, receive) = mpsc::sync_channel::<Job<'a>>(1);
        let receive = std::sync::Arc::new(Mutex::new(receive));
        for _ in 0..plan.jobs.max(1) {
            let receive = receive.clone();
            let note = &note;
            scope.spawn(move || {
                loop {
                    let job = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { return };
                    note(judge(bench, job, plan));
                }
            });
        }
        // A build keeps one core busy. With a second one, two are built at a time.
        let two = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let other = match two && together.len() > SEVERAL {
            true => Some(bench.scratch.another(&bench.root)?),
            false => None,
        };
        let waiting = Mutex::new(together.into_iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let build_all = |scratch: &Scratch| -> Result<(), Error> {
            while let Some(trial) = next() {
                match build(bench, trial, scratch)? {
                    // The threads live as long as this loop, so somebody is there to take it.
                    Ok(job) => drop(send.send(job)),
                    Err(report) => note(report),
                }
                restore(bench, trial, scratch)?;
            }
            Ok(())
        };
        let done = thread::scope(|builders| {
            let beside = other.as_ref().map(|other| builders.spawn(|| build_all(other)));
            let here = build_all(&bench.scratch);
            let there = beside.map(|beside| beside.join().unwrap_or(Ok(())));
            here.and(there.unwrap_or(Ok(())))
        });
        drop(send);
        done
    })?;
    for trial in alone {
        match build(bench, trial, &bench.scratch)? {
            Ok(job) => note(judge(bench, job, plan)),
            Err(report) => note(report),
        }
        restore(bench, trial, &bench.scratch)?;
    }
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner).0)
}

fn build<'a>(
    bench: &Bench,
    trial: Trial<'a>,
    scratch: &Scratch,
) -> Result<Result<Job<'a>, Report<'a>>, Error> {
    let begin = Instant::now();
    let files = match bench.patch(trial.version, trial.broken) {
        Ok(files) => files,
        Err(error) => return Ok(Err(Report::failed(trial, error.to_string(), begin.elapsed()))),
    };
    Ok(match bench.build(trial.version, trial.broken, &files, scratch)? {
        Built::Cast(cast) => Ok(Job {
            trial,
            cast,
            built_in: begin.elapsed(),
        }),
        Built::Refused(words) => {
            let problem = format!("it does not build:\n{words}");
            Err(Report::failed(trial, problem, begin.elapsed()))
        }
    })
}

fn restore(bench: &Bench, trial: Trial, scratch: &Scratch) -> Result<(), Error> {
    match bench.patch(trial.version, trial.broken) {
        Ok(files) => scratch.restore(&files),
        // It did not apply, so there is nothing to take out.
        Err(_) => Ok(()),
    }
}

fn judge<'a>(bench: &Bench, job: Job<'a>, plan: Plan) -> Report<'a> {
    let begin = Instant::now();
    let cases = wanted_cases(bench, job.trial, plan);
    let found = bench.judge.judge(number_of(job.trial.version), &job.cast, &cases);
    for path in job.cast.paths() {
        if path.starts_with(&bench.scratch.kept) {
            // It is removed to save room; one that stays is overwritten next time.
            let _ = fs::remove_file(path);
        }
    }
    match found {
        Ok(verdicts) => Report {
            trial: job.trial,
            problems: {
                let Trial { broken, version } = job.trial;
                let turns = trial::turns(broken, &bench.list, version);
                trial::problems(broken, &turns, &verdicts)
            },
            verdicts,
            took: (job.built_in, begin.elapsed()),
        },
        Err(error) => Report::failed(job.trial, error.to_string(), job.built_in),
    }
}

fn wanted_cases(bench: &Bench, trial: Trial, plan: Plan) -> Vec<String> {
    match plan.full {
        true => vec!["all".to_string(), HONEST.to_string()],
        false => trial::cases(trial.broken, &bench.list, trial.version),
    }
}

fn number_of(version: &Version) -> u8 {
    kit::ladder::number(&version.name).unwrap_or_default()
}
