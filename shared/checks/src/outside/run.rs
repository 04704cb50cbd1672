//! Runs the checks, several at a time, and tells them in order.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use crate::check::Check;
use crate::check::Outcome;
use crate::check::Verdict;
use crate::check::run_check;
use crate::target::Target;

/// What happened during the run.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many are done, of so many; this one was the last to end.
    Done(usize, usize, &'a Check),
    /// The next verdict in order.
    Verdict(Check, Outcome),
}

/// Runs `checks`, at most `at_once` side by side, and tells what happens. Verdicts come in the order of `checks`.
pub async fn run(
    checks: Vec<Check>,
    target: &Target,
    at_once: usize,
    mut tell: impl FnMut(Event<'_>),
) {
    let all = checks.len();
    let mut waiting = checks.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut ready: BTreeMap<usize, (Check, Outcome)> = BTreeMap::new();
    let (mut done, mut told) = (0, 0);
    loop {
        while running.len() < at_once
            && let Some((at, check)) = waiting.next()
        {
            let target = target.clone();
            running.spawn(async move {
                let outcome = run_check(&check, &target).await;
                (at, check, outcome)
            });
        }
        let Some(ended) = running.join_next().await else {
            return;
        };
        // `run_check` catches what a check can do; nothing of ours is left that could panic.
        let Ok((at, check, outcome)) = ended else {
            continue;
        };
        done += 1;
        tell(Event::Done(done, all, &check));
        ready.insert(at, (check, outcome));
        while let Some((check, outcome)) = ready.remove(&told) {
            told += 1;
            tell(Event::Verdict(check, outcome));
        }
    }
}

/// The verdict of every check that nothing was there for.
pub fn skip(checks: Vec<Check>, needs: &str, mut tell: impl FnMut(Event<'_>)) {
    for check in checks {
        tell(Event::Verdict(check, Err(Verdict::skipped(needs))));
    }
}
