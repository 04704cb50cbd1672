//! Runs chosen checks and attacks on a given pair of binaries, for a program that reads the result line by line.
//!
//! A line is made of fields with a tab between them; in a field `\n`, `\t` and `\\` stand for what they name.

use std::sync::Arc;

use crate::check::run_check;
use crate::registry::all_checks;
use crate::{Check, Subject};
use attacks::{Attack, Cell, Ending};
use kit::honest::honest_flow;
use kit::{Executables, Outcome, Pair, Target, Verdict};
use tokio::task::JoinSet;

use attacks;

/// The name under which the honest flow is asked for.
pub const HONEST: &str = "honest flow";

/// What stands before the name of an attack.
const ATTACK: &str = "attack ";

/// So many checks run at a time: they wait for the network more than they compute.
const AT_ONCE: usize = 8;

/// Something that can be judged.
#[derive(Clone, Debug)]
pub enum Case {
    /// A check of the registry.
    Check(Check),
    /// An attack.
    Attack(&'static Attack),
    /// The honest flow.
    Honest,
}

impl Case {
    /// Its name: number and title of a check, `attack` and the name of an attack.
    pub fn name(&self) -> String {
        match self {
            Case::Check(check) => name(check),
            Case::Attack(attack) => format!("{ATTACK}{}", attack.name),
            Case::Honest => HONEST.to_owned(),
        }
    }

    async fn judge(&self, target: &Target) -> Vec<String> {
        match self {
            Case::Check(check) => outcome(run_check(check, target).await),
            Case::Attack(attack) => ending(attacks::run(attack, target).await.ending),
            Case::Honest => outcome(honest_flow(target).await),
        }
    }
}

/// The cases that `wanted` names in a version: a number (`R4.8`) names all its checks, a number and the beginning of a
/// title (`R4.8 a wrong code_verifier`) names one, `attack code-replay` an attack, `honest flow` the honest flow, `all`
/// every check of the version, and every attack that it stops.
///
/// # Errors
/// A sentence: nothing has that name in that version.
pub fn cases(version: u8, wanted: &str) -> Result<Vec<Case>, String> {
    if wanted == HONEST {
        return Ok(vec![Case::Honest]);
    }
    if let Some(attack) = wanted.strip_prefix(ATTACK) {
        let found = attacks::find(attack).map(|attack| vec![Case::Attack(attack)]);
        return found.ok_or(format!("no attack is called `{attack}`"));
    }
    let begins = |check: &Check| wanted.contains(' ') && name(check).starts_with(wanted);
    let fits = |check: &Check| wanted == "all" || wanted == check.id || begins(check);
    let checks = all_checks().into_iter().filter(|check| check.holds_in(version));
    let mut found: Vec<Case> = checks.filter(fits).map(Case::Check).collect();
    if wanted == "all" {
        let stopped = |attack: &&Attack| attack.cell(version) == Cell::Stopped;
        found.extend(attacks::all().iter().copied().filter(stopped).map(Case::Attack));
    }
    if found.is_empty() {
        return Err(format!("no check of v{version:02} is called `{wanted}`"));
    }
    Ok(found)
}

/// One line for each check there is: `check`, first version, last version (or nothing), `server` or `client`, name,
/// section, what must be so, why. Then one for each attack: `attack`, the first version that stops it (or nothing),
/// nothing, nothing, name, section, title, story.
pub fn list() -> Vec<String> {
    let line = |check: &Check| {
        fields(&[
            "check".to_owned(),
            check.first().to_string(),
            check.last().map(|last| last.to_string()).unwrap_or_default(),
            match check.subject {
                Subject::Server => "server".to_owned(),
                Subject::Client => "client".to_owned(),
            },
            name(check),
            check.section.to_owned(),
            check.must.to_owned(),
            check.why.to_owned(),
        ])
    };
    all_checks()
        .iter()
        .map(line)
        .chain(attacks::all().iter().copied().map(attack_line))
        .collect()
}

fn attack_line(attack: &'static Attack) -> String {
    let stopped = kit::ladder::versions().find(|v| attack.cell(*v) == Cell::Stopped);
    fields(&[
        "attack".to_owned(),
        stopped.map(|version| version.to_string()).unwrap_or_default(),
        String::new(),
        String::new(),
        format!("{ATTACK}{}", attack.name),
        attack.section.to_owned(),
        attack.title.to_owned(),
        attack.story.to_owned(),
    ])
}

/// Starts the pair, judges all cases and calls `tell` with a line for each: its name, then `pass`, `skip` with what it
/// needs, or `fail` with what was sent, wanted and got; of an attack `succeeded` with what shows it, `stopped` with what
/// stopped it, or `unclear` with why.
///
/// # Errors
/// The pair does not start: what it said.
pub async fn judge(
    version: u8,
    executables: &Executables,
    cases: Vec<Case>,
    mut tell: impl FnMut(String),
) -> Result<(), String> {
    let pair = Pair::start(executables, &[]).await?;
    let target = Target::of_pair(version, Arc::new(pair), executables);
    let mut waiting = cases.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(case) = waiting.next()
        {
            let target = target.clone();
            running.spawn(async move {
                let mut line = vec![case.name()];
                line.extend(case.judge(&target).await);
                fields(&line)
            });
        }
        match running.join_next().await {
            None => return Ok(()),
            Some(line) => tell(line.map_err(|trouble| trouble.to_string())?),
        }
    }
}

fn name(check: &Check) -> String {
    format!("{} {}", check.id, check.title)
}

fn outcome(outcome: Outcome) -> Vec<String> {
    match outcome {
        Ok(()) => vec!["pass".to_owned()],
        Err(Verdict::Skipped { needs }) => vec!["skip".to_owned(), needs],
        Err(Verdict::Failed { sent, wanted, got }) => vec!["fail".to_owned(), sent, wanted, got],
    }
}

fn ending(ending: Ending) -> Vec<String> {
    match ending {
        Ending::Succeeded { evidence } => vec!["succeeded".to_owned(), evidence],
        Ending::Stopped { by, .. } => vec!["stopped".to_owned(), by],
        Ending::NotApplicable { why } | Ending::Inconclusive { why } => {
            vec!["unclear".to_owned(), why]
        }
    }
}

/// A line of fields.
fn fields(fields: &[String]) -> String {
    let escape = |field: &String| {
        field.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "").replace('\t', "\\t")
    };
    fields.iter().map(escape).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_all_its_checks_and_a_title_names_one() {
        let number = cases(4, "R4.8").expect("checks");
        assert!(number.len() > 1);
        let one = cases(4, "R4.8 a wrong code_verifier").expect("one");
        assert_eq!(one.len(), 1);
        let standing = cases(6, "G1").expect("checks of G1");
        assert!(standing.iter().all(|case| case.name().starts_with("G1 ")));
        assert!(cases(3, "R4.8").is_err());
        assert!(cases(4, "nonsense").is_err());
    }

    #[test]
    fn a_field_keeps_to_its_line() {
        let line = fields(&["a\tb".to_owned(), "c\nd\\".to_owned()]);
        assert_eq!(line, "a\\tb\tc\\nd\\\\");
    }
}
