//! Runs the checks, several at a time, and tells them in order.

use std::collections::BTreeMap;
use std::time::Duration;

use checks::{Check, run_check};
use tokio::task::JoinSet;

use kit::http::{CLOSED, NOBODY};
use kit::{Outcome, Request, Target, Verdict};

/// What happened during the run.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many are done, of so many; this one was the last to end.
    Done(usize, usize, &'a Check),
    /// The next verdict in order.
    Verdict(Check, Outcome),
}

/// The other side has gone away during the run.
#[derive(Debug)]
pub struct Gone {
    /// The numbers of the checks that ran when it went: what one of them sent may have been the reason.
    pub during: Vec<&'static str>,
}

/// Runs `checks`, at most `at_once` side by side, and tells what happens. Verdicts come in the order of `checks`.
///
/// # Errors
/// Nobody listens any more at `address`. The checks that were not told have no verdict.
pub async fn run(
    checks: Vec<Check>,
    target: &Target,
    address: &str,
    at_once: usize,
    mut tell: impl FnMut(Event<'_>),
) -> Result<(), Gone> {
    let all = checks.len();
    let mut waiting = checks.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut ready: BTreeMap<usize, (Check, Outcome)> = BTreeMap::new();
    let mut active: BTreeMap<usize, &'static str> = BTreeMap::new();
    let (mut done, mut told) = (0, 0);
    loop {
        while running.len() < at_once
            && let Some((at, check)) = waiting.next()
        {
            active.insert(at, check.id);
            let target = target.clone();
            running.spawn(async move {
                let outcome = run_check(&check, &target).await;
                (at, check, outcome)
            });
        }
        let Some(ended) = running.join_next().await else {
            return Ok(());
        };
        // `run_check` catches what a check can do; nothing of ours is left that could panic.
        let Ok((at, check, outcome)) = ended else {
            continue;
        };
        if lost_touch(&outcome) && is_gone(target, address).await {
            return Err(Gone {
                during: active.into_values().collect(),
            });
        }
        active.remove(&at);
        done += 1;
        tell(Event::Done(done, all, &check));
        ready.insert(at, (check, outcome));
        while let Some((check, outcome)) = ready.remove(&told) {
            told += 1;
            tell(Event::Verdict(check, outcome));
        }
    }
}

/// Did the check fail because the connection did?
fn lost_touch(outcome: &Outcome) -> bool {
    let lost = |got: &String| got.starts_with(NOBODY) || got.starts_with(CLOSED);
    matches!(outcome, Err(Verdict::Failed { got, .. }) if lost(got))
}

/// Looks twice: a server that restarts itself may need a moment.
async fn is_gone(target: &Target, address: &str) -> bool {
    for _ in 0..2 {
        let answer = target.http.send(Request::get(format!("{address}/"))).await;
        let refused =
            matches!(&answer, Err(Verdict::Failed { got, .. }) if got.starts_with(NOBODY));
        if !refused {
            return false;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    true
}

/// The verdict of every check that nothing was there for.
pub fn skip(checks: Vec<Check>, needs: &str, mut tell: impl FnMut(Event<'_>)) {
    for check in checks {
        tell(Event::Verdict(check, Err(Verdict::skipped(needs))));
    }
}

/// Does `only` name this check? `R4.8` its number, `R4` all numbers that begin so, `R4.8 a wrong` also its title.
pub fn is_named(check: &Check, only: &str) -> bool {
    let (only, id) = (only.to_lowercase(), check.id.to_lowercase());
    let name = format!("{id} {}", check.title.to_lowercase());
    id == only
        || id.starts_with(&format!("{only}."))
        || (only.contains(' ') && name.starts_with(&only))
}
