//! What `lab-attack` does. `cargo lab attack` builds it, builds the pair, and calls it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::attack::{Attack, Ending};
use crate::run::{Report, run};
use crate::{all, docs, find, stage, tell};
use kit::ladder::number;
use kit::{Executables, Pair, Target};
use serde_json::json;

const USAGE: &str = "lab-attack is called by `cargo lab attack`:
  lab-attack list | names | stages | page | about NAME
  lab-attack run NAME VERSION SERVER CLIENT [--json]
  lab-attack stage NAME VERSION SERVER CLIENT [PORTS]
  lab-attack matrix VERSION SERVER CLIENT [VERSION SERVER CLIENT …]
SERVER and CLIENT are the two programs of the version.";

/// Why it could not do what it was asked to.
type Trouble = String;

/// Does what the arguments say. 0: as declared; 1: not as declared, or trouble; 2: called wrongly.
pub async fn main(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["list"] => Ok(show(&tell::list())),
        ["names"] => {
            Ok(show(&all().iter().map(|attack| format!("{}\n", attack.name)).collect::<String>()))
        }
        ["stages"] => Ok(show(&stage::NAMES.map(|name| format!("{name}\n")).concat())),
        ["about", name] => attack(name).map(|attack| show(&tell::about(attack))),
        ["page"] => Ok(show(&docs::page())),
        ["run", name, rest @ ..] => one(name, rest).await,
        ["stage", name, rest @ ..] => on_stage(name, rest).await,
        ["matrix", rest @ ..] if !rest.is_empty() && rest.len().is_multiple_of(3) => {
            whole_matrix(rest).await
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|trouble| {
        eprintln!("{trouble}");
        ExitCode::FAILURE
    })
}

/// Prints to a terminal with colours, elsewhere without. A reader that has gone is no trouble.
fn show(text: &str) -> ExitCode {
    let mut out = anstream::AutoStream::auto(std::io::stdout()).lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::SUCCESS
}

fn attack(name: &str) -> Result<&'static Attack, Trouble> {
    find(name).ok_or_else(|| format!("There is no attack `{name}`. `cargo lab attack` lists them."))
}

async fn target(version: &str, server: &str, client: &str) -> Result<Target, Trouble> {
    let number =
        number(version).ok_or_else(|| format!("`{version}` is no version, such as v03."))?;
    let executables = Executables::pair(PathBuf::from(server), PathBuf::from(client));
    let pair = Pair::start(&executables, &[]).await?;
    Ok(Target::of_pair(number, Arc::new(pair), &executables))
}

async fn one(name: &str, rest: &[&str]) -> Result<ExitCode, Trouble> {
    let attack = attack(name)?;
    let (version, server, client, as_json) = match rest {
        [version, server, client] => (version, server, client, false),
        [version, server, client, "--json"] => (version, server, client, true),
        _ => return Err(USAGE.to_owned()),
    };
    let report = run(attack, &target(version, server, client).await?).await;
    if as_json {
        show(&format!("{}\n", in_json(&report)));
    } else {
        show(&tell::report(&report));
    }
    Ok(verdict(report.is_as_declared()))
}

fn in_json(report: &Report) -> serde_json::Value {
    let (ending, by, evidence) = match &report.ending {
        Ending::Succeeded { evidence } => ("succeeded", None, evidence),
        Ending::Stopped { by, evidence } => ("stopped", Some(by), evidence),
        Ending::NotApplicable { why } => ("not-applicable", None, why),
        Ending::Inconclusive { why } => ("inconclusive", None, why),
    };
    json!({
        "attack": report.attack.name,
        "version": report.target.version,
        "ending": ending,
        "by": by,
        "evidence": evidence,
        "as_declared": report.is_as_declared(),
        "section": report.attack.section,
    })
}

async fn on_stage(name: &str, rest: &[&str]) -> Result<ExitCode, Trouble> {
    let attack = attack(name)?;
    let [version, server, client, ports @ ..] = rest else {
        return Err(USAGE.to_owned());
    };
    let number =
        number(version).ok_or_else(|| format!("`{version}` is no version, such as v03."))?;
    let executables = Executables::pair(PathBuf::from(server), PathBuf::from(client));
    stage::play(attack, number, &executables, ports).await
}

/// Runs everything on the versions that are named, and prints the table.
async fn whole_matrix(rest: &[&str]) -> Result<ExitCode, Trouble> {
    let mut rows: Vec<tell::Row> = all().iter().map(|attack| (*attack, Vec::new())).collect();
    let mut surprises = Vec::new();
    for pair in rest.chunks_exact(3) {
        let target = target(pair[0], pair[1], pair[2]).await?;
        let tasks: Vec<_> = all()
            .iter()
            .map(|attack| {
                let target = target.clone();
                tokio::spawn(async move { run(attack, &target).await })
            })
            .collect();
        for (task, row) in tasks.into_iter().zip(&mut rows) {
            let report = task.await.map_err(|trouble| trouble.to_string())?;
            row.1.push((report.target.version, report.ending.cell()));
            if !report.is_as_declared() {
                surprises.push(format!("{} on {}: {}", report.attack.name, pair[0], report.ending));
            }
        }
    }
    show(&tell::matrix(&rows));
    if surprises.is_empty() {
        show("\nEvery cell was carried out just now, and is as docs/attacks.md says.\n");
    }
    for surprise in &surprises {
        show(&format!("\nNot as declared: {}\n", tell::cut(surprise, 1500)));
    }
    Ok(verdict(surprises.is_empty()))
}

fn verdict(good: bool) -> ExitCode {
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
