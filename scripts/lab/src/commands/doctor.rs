//! `cargo lab doctor`: what would keep a pair from running, and the cure.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::doctor::{Finding, Level, agreement, folder, machine, places, values};
use crate::error::{Error, Outcome};
use crate::versions::Versions;
use crate::{settings, term};
use ::settings::{Given, Settings, table};
use clap::Args;

/// How `cargo lab doctor` is called.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  cargo lab doctor      exit code 0: nothing stands in the way; 1: something does")]
pub struct DoctorArgs {
    /// Write .env.example anew, after a change of the table of settings
    #[arg(long)]
    pub write_env_example: bool,
}

/// The file that lists every setting.
const EXAMPLE: &str = ".env.example";

/// Looks at the usual troubles. Fails when there is one.
///
/// # Errors
/// The workspace cannot be read, or `.env.example` cannot be written.
pub fn run(args: &DoctorArgs) -> Outcome {
    let versions = Versions::here()?;
    if args.write_env_example {
        let path = versions.root.join(EXAMPLE);
        fs::write(&path, table::example()).map_err(|error| Error::file("write", &path, error))?;
        term::line(&format!("wrote {EXAMPLE}"));
        return Ok(ExitCode::SUCCESS);
    }
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

/// The ports of the whole ladder: setting, number, and who needs it.
fn ports(
    root: &Path,
    settings: &Settings,
    versions: &Versions,
) -> Result<Vec<(String, u16, String)>, Error> {
    let usual = |name: &str, port: u16, who: &str| (name.to_string(), port, who.to_string());
    let mut ports = vec![
        usual("AUTH_SERVER_PORT", settings.auth_server_port, "authorization server"),
        usual("CLIENT_APP_PORT", settings.client_app_port, "client"),
    ];
    for version in &versions.all {
        // A manifest that cannot be read is cargo's affair: it says so better.
        for part in version.cast().unwrap_or_default() {
            let name = part.port_setting();
            if !ports.iter().any(|known| known.0 == name) {
                let port = settings::port_of(root, settings, &part)?;
                ports.push((name, port, part.who().to_string()));
            }
        }
    }
    Ok(ports)
}

fn examine(versions: &Versions) -> Result<Vec<Finding>, Error> {
    let given = Given::read(&versions.root);
    let (settings, refusals) = given.judge();
    let mut findings = vec![machine::toolchain(&versions.root)?];
    findings.extend(folder::look(&versions.root));
    findings.extend(machine::disk(&versions.root));
    findings.push(machine::localhost());
    // A port that is no port is reported with the values.
    for (name, port, who) in ports(&versions.root, &settings, versions)? {
        let name = name.as_str();
        if !refusals.iter().any(|refusal| refusal.name.as_deref() == Some(name)) {
            findings.push(places::look(port, &who, name));
        }
    }
    let mut told = values::look(&given, &refusals);
    told.extend(agreement::look(&given, &settings, &refusals));
    if told.is_empty() {
        let what = if given.file.entries.is_empty() {
            "No .env, and none is needed."
        } else {
            "The settings in .env fit together."
        };
        told.push(Finding::good(what));
    }
    findings.extend(told);
    Ok(findings)
}
