//! `cargo lab doctor`: what would keep a pair from running, and the cure.

use std::process::ExitCode;

use clap::Args;

use crate::doctor::Finding;
use crate::doctor::Level;
use crate::doctor::agreement;
use crate::doctor::machine;
use crate::doctor::places;
use crate::doctor::values;
use crate::error::Error;
use crate::error::Outcome;
use crate::settings::DEFAULT_PORTS;
use crate::settings::Settings;
use crate::term;
use crate::versions::Versions;

/// How `cargo lab doctor` is called.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  cargo lab doctor      exit code 0: nothing stands in the way; 1: something does")]
pub struct DoctorArgs {}

/// Looks at the usual troubles. Fails when there is one.
///
/// # Errors
/// The workspace or its `.env` cannot be read.
pub fn run(_: &DoctorArgs) -> Outcome {
    let versions = Versions::here()?;
    let findings = examine(&versions)?;
    for finding in &findings {
        let (mark, colour) = match finding.level {
            Level::Good => ("ok  ", term::GREEN),
            Level::Note => ("note", term::YELLOW),
            Level::Trouble => ("FIX ", term::RED),
        };
        term::line(&format!(
            "{} {}",
            term::paint(colour, mark),
            term::wrap(&finding.what, term::WIDTH, 5)
        ));
        if !finding.cure.is_empty() {
            term::line(&format!("     {}", term::wrap(&finding.cure, term::WIDTH, 5)));
        }
    }
    let troubles = findings.iter().filter(|finding| finding.level == Level::Trouble).count();
    if troubles == 0 {
        term::line("\nNothing stands in the way. Type: cargo lab run v01");
        return Ok(ExitCode::SUCCESS);
    }
    let noun = if troubles == 1 { "thing" } else { "things" };
    term::line(&format!("\n{troubles} {noun} to fix."));
    Ok(ExitCode::FAILURE)
}

fn examine(versions: &Versions) -> Result<Vec<Finding>, Error> {
    let settings = Settings::read(&versions.root)?;
    let mut findings = vec![machine::toolchain(&versions.root)?];
    findings.extend(machine::disk(&versions.root));
    findings.push(machine::localhost());
    // A port that is no port is reported with the values.
    let port = |name: &str, default: u16| {
        settings.get(name).map_or(Some(default), |text| text.parse().ok())
    };
    if let Some(port) = port("AUTH_SERVER_PORT", DEFAULT_PORTS.0) {
        findings.push(places::look(port, "authorization server", "AUTH_SERVER_PORT"));
    }
    if let Some(port) = port("CLIENT_APP_PORT", DEFAULT_PORTS.1) {
        findings.push(places::look(port, "client", "CLIENT_APP_PORT"));
    }
    let mut told = values::look(&settings);
    told.extend(agreement::look(&settings));
    if told.is_empty() {
        let what = if settings.file.is_empty() {
            "No .env, and none is needed."
        } else {
            "The settings in .env fit together."
        };
        told.push(Finding::good(what));
    }
    findings.extend(told);
    Ok(findings)
}
