//! Building the workbench and holding it against the rules of its goal.

use std::path::Path;
use std::sync::Arc;

use crate::check::findings::Findings;
use lab::cast;
use lab::error::Error;
use lab::process::cargo;
use tokio::runtime::Runtime;

use checks::{Check, all_checks};
use kit::{Executables, Pair, Target};

use crate::check::run::{Event, is_named, run as run_checks};

/// So many rules are tried at a time: they wait for the network more than they compute.
const AT_ONCE: usize = 16;

/// Builds server, client and whatever else is in its cast, with cargo's own progress.
///
/// # Errors
/// [`Error::Build`] when the compiler refused: it has said why.
pub fn build(folder: &Path) -> Result<Executables, Error> {
    let cast = cast::of_package(folder)?;
    let names: Vec<&str> = cast.iter().map(|part| part.binary.as_str()).collect();
    Executables::of_cast(cargo::build(folder, &names, false)?).map_err(Error::Program)
}

/// Tries the rules of version `goal` that one of `only` names, or all, in the order of the catalogue; `tick` is told how
/// many are done and how many there are.
///
/// # Errors
/// The pair does not start or ends in the middle, or no rule is called so.
pub fn run(
    executables: &Executables,
    goal: u8,
    only: &[String],
    mut tick: impl FnMut(usize, usize),
) -> Result<Findings, Error> {
    let wanted = |check: &Check| only.is_empty() || only.iter().any(|name| is_named(check, name));
    let rules: Vec<Check> =
        all_checks().into_iter().filter(|check| check.holds_in(goal) && wanted(check)).collect();
    if rules.is_empty() {
        return Err(Error::request(format!(
            "No rule of this step is called {}. `cargo lab check --full` lists them all.",
            only.join(" or ")
        )));
    }
    let runtime = Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?;
    let mut findings = Findings::default();
    let tried = runtime.block_on(async {
        let pair = Pair::start(executables, &[]).await?;
        let target = Target::of_pair(goal, Arc::new(pair), executables);
        let server = target.server.clone();
        let ran = run_checks(rules, &target, &server, AT_ONCE, |event| match event {
            Event::Done(done, all, _) => tick(done, all),
            Event::Verdict(check, outcome) => {
                findings.add(check, outcome);
            }
        });
        ran.await.map_err(|gone| {
            format!("Your server has ended while these were tried: {}.", gone.during.join(", "))
        })
    });
    tried.map_err(Error::Program)?;
    Ok(findings)
}
