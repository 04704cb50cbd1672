//! Checks, attacks and the honest flow, carried out on a pair of programs.

use std::sync::Arc;

use crate::breaks::cases::Case;
use checks::Check;
use kit::ladder::versions;
use lab::error::Error;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use attacks::{Attack, Cell, Ending};
use kit::{Executables, Outcome, Pair, Target};

/// So many cases are judged at a time: they wait for the network more than they compute.
const AT_ONCE: usize = 8;

/// Judges pairs. Clones share the threads.
#[derive(Clone, Debug)]
pub struct Judge(Arc<Runtime>);

/// A check or an attack, as breaks name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// `check` or `attack`.
    pub kind: String,
    /// The first version that it binds; of an attack the first that stops it, 0 if none does.
    pub since: u32,
    /// The last one, if there is one.
    pub until: Option<u32>,
    /// Number and title of a check; `attack` and the name of an attack.
    pub name: String,
    /// Where the rule stands.
    pub section: String,
    /// What must be so; of an attack its title.
    pub must: String,
    /// Why; of an attack its story.
    pub why: String,
    /// What must be installed here before it can be judged.
    pub left_out: Option<&'static str>,
}

/// What was found about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The case: a check, an attack or the honest flow.
    pub name: String,
    /// How it ended.
    pub finding: Finding,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The rule holds; an attack was stopped.
    Holds,
    /// The rule is broken.
    Broken {
        /// What was sent.
        sent: String,
        /// What the rule asks for.
        wanted: String,
        /// What came back.
        got: String,
    },
    /// An attack succeeded.
    Succeeded {
        /// What shows it.
        evidence: String,
    },
    /// Nobody can say.
    Unclear {
        /// Why.
        why: String,
    },
}

impl Verdict {
    /// Whether the break made this happen.
    pub fn turned(&self) -> bool {
        matches!(self.finding, Finding::Broken { .. } | Finding::Succeeded { .. })
    }
}

/// Every check and attack there is, in the order of the catalogue.
pub fn list() -> Vec<Listed> {
    let check = |check: &Check| Listed {
        kind: "check".to_owned(),
        since: check.first().into(),
        until: check.last().map(u32::from),
        name: Case::Check(*check).name(),
        section: check.section.to_owned(),
        must: check.must.to_owned(),
        why: check.why.to_owned(),
        left_out: check.left_out(),
    };
    let attack = |attack: &&'static Attack| Listed {
        kind: "attack".to_owned(),
        since: versions().find(|v| attack.cell(*v) == Cell::Stopped).map_or(0, u32::from),
        until: None,
        name: Case::Attack(attack).name(),
        section: attack.section.to_owned(),
        must: attack.title.to_owned(),
        why: attack.story.to_owned(),
        left_out: None,
    };
    checks::all_checks().iter().map(check).chain(attacks::all().iter().map(attack)).collect()
}

impl Judge {
    /// Ready to judge.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn new() -> Result<Judge, Error> {
        let runtime = Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?;
        Ok(Judge(Arc::new(runtime)))
    }

    /// Starts the pair and judges it by what `wanted` names. Verdicts come in the order of the cases.
    ///
    /// # Errors
    /// A case is unknown in that version, or the pair does not start: what it said.
    pub fn judge(
        &self,
        version: u8,
        executables: &Executables,
        wanted: &[String],
    ) -> Result<Vec<Verdict>, Error> {
        let mut cases: Vec<Case> = Vec::new();
        for name in wanted {
            cases.extend(Case::named(version, name).map_err(Error::Program)?);
        }
        self.0.block_on(judge(version, executables, cases)).map_err(|said| {
            Error::Program(format!("The checks could not be run.\n{}", said.trim()))
        })
    }
}

async fn judge(
    version: u8,
    executables: &Executables,
    cases: Vec<Case>,
) -> Result<Vec<Verdict>, String> {
    let pair = Pair::start(executables, &[]).await?;
    let target = Target::of_pair(version, Arc::new(pair), executables);
    let mut waiting = cases.into_iter().enumerate();
    let (mut running, mut found) = (JoinSet::new(), Vec::new());
    loop {
        while running.len() < AT_ONCE
            && let Some((at, case)) = waiting.next()
        {
            let target = target.clone();
            running.spawn(async move {
                let finding = finding(&case, &target).await;
                let name = case.name();
                (at, Verdict { name, finding })
            });
        }
        match running.join_next().await {
            Some(ended) => found.push(ended.map_err(|trouble| trouble.to_string())?),
            None => break,
        }
    }
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, verdict)| verdict).collect())
}

async fn finding(case: &Case, target: &Target) -> Finding {
    match case {
        Case::Check(check) => of_check(checks::run_check(check, target).await),
        Case::Attack(attack) => of_attack(attacks::run(attack, target).await.ending),
        Case::Honest => of_check(kit::honest::honest_flow(target).await),
    }
}

fn of_check(outcome: Outcome) -> Finding {
    match outcome {
        Ok(()) => Finding::Holds,
        Err(kit::Verdict::Failed { sent, wanted, got }) => Finding::Broken { sent, wanted, got },
        Err(kit::Verdict::Skipped { needs }) => Finding::Unclear {
            why: format!("it needs {needs}"),
        },
    }
}

fn of_attack(ending: Ending) -> Finding {
    match ending {
        Ending::Succeeded { evidence } => Finding::Succeeded { evidence },
        Ending::Stopped { .. } => Finding::Holds,
        Ending::NotApplicable { why } | Ending::Inconclusive { why } => Finding::Unclear { why },
    }
}
