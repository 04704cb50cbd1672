//! `cargo lab run`: build a pair, start it, say where to click.

use std::path::PathBuf;

use clap::Args;

use crate::error::Error;
use crate::error::Outcome;
use crate::process::browser;
use crate::process::cargo;
use crate::process::pair;
use crate::process::pair::Part;
use crate::process::ports;
use crate::settings;
use crate::term;
use crate::versions::Versions;
use crate::workbench::bench;
use crate::workbench::manifest;

/// How `cargo lab run` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab run v03
  cargo lab run v03 --open
  cargo lab run v03 --ports 5010,5011
  cargo lab run v03 --server-only     (and your own client beside it)
  cargo lab run workbench             your own pair, after `cargo lab start`")]
pub struct RunArgs {
    /// The version (v03, 3, v03-pkce and pkce all mean the same), or workbench
    pub version: String,
    /// Open the client's page in the browser once both answer
    #[arg(long)]
    pub open: bool,
    /// Build with optimisation: slower to build, for measurements
    #[arg(long)]
    pub release: bool,
    /// Start only the authorization server
    #[arg(long, conflicts_with = "client_only")]
    pub server_only: bool,
    /// Start only the client
    #[arg(long)]
    pub client_only: bool,
    /// The ports of server and client, instead of 5000,5001
    #[arg(long, value_name = "SERVER,CLIENT", value_parser = two_ports)]
    pub ports: Option<(u16, u16)>,
}

/// What is run: a version, or the workbench.
struct Pair {
    /// How it is called, as in `v03-pkce`.
    label: String,
    /// Its idea, or what it is.
    idea: String,
    /// The names of its binaries begin with this, as in `v03`.
    name: String,
    /// Where cargo builds it.
    folder: PathBuf,
}

/// Builds and runs a pair until it is ended or one of the two dies.
///
/// A debug build, unless asked otherwise: the first build is what a learner waits for, and a debug server
/// answers in well under a millisecond all the same.
///
/// # Errors
/// The version is unknown, the build fails, a port is taken, or a process does not start.
pub fn run(args: &RunArgs) -> Outcome {
    let versions = Versions::here()?;
    let pair = resolve(&versions, &args.version)?;
    let changed = environment(args);
    let settings = settings::in_force(&versions.root, &changed)?;
    let (server, client) = (settings.auth_server_port, settings.client_app_port);
    let mut parts = vec![
        Part {
            binary: format!("{}-server", pair.name),
            who: "authorization server",
            setting: "AUTH_SERVER_PORT",
            port: server,
        },
        Part {
            binary: format!("{}-client", pair.name),
            who: "client",
            setting: "CLIENT_APP_PORT",
            port: client,
        },
    ];
    parts.retain(|part| match part.who {
        "client" => !args.server_only,
        _ => !args.client_only,
    });
    for part in &parts {
        ports::demand(part.port, part.who, part.setting)?;
    }
    let binaries: Vec<&str> = parts.iter().map(|part| part.binary.as_str()).collect();
    let executables = cargo::build(&pair.folder, &binaries, args.release)?;
    let mut running = pair::start(&versions.root, &parts, &executables, &changed)?;
    pair::wait_until_ready(&parts, &mut running)?;
    term::print(&welcome(&pair, &parts, (server, client)));
    if args.open {
        browser::open(&format!(
            "http://localhost:{}",
            if args.server_only { server } else { client }
        ));
    }
    pair::watch(&mut running)
}

/// The pair that `typed` stands for.
fn resolve(versions: &Versions, typed: &str) -> Result<Pair, Error> {
    if bench::is_meant(typed) {
        let bench = bench::open(versions)?;
        let idea = format!("Your own pair, on its way to {}.", bench.goal.folder);
        let name = manifest::NAME.to_string();
        return Ok(Pair {
            label: name.clone(),
            idea,
            name,
            folder: bench.folder,
        });
    }
    let version = versions.find(typed)?;
    let idea = version.declaration().map(|declaration| declaration.idea).unwrap_or_default();
    let (label, name) = (version.folder.clone(), version.name.clone());
    Ok(Pair {
        label,
        idea,
        name,
        folder: versions.root.clone(),
    })
}

/// The settings that `--ports` stands for. The URLs are set too, so that a `.env` cannot disagree.
fn environment(args: &RunArgs) -> Vec<(String, String)> {
    let Some((server, client)) = args.ports else {
        return Vec::new();
    };
    let pair = |name: &str, value: String| (name.to_string(), value);
    vec![
        pair("AUTH_SERVER_PORT", server.to_string()),
        pair("CLIENT_APP_PORT", client.to_string()),
        pair("AUTH_SERVER_URL", format!("http://localhost:{server}")),
        pair("CLIENT_APP_URL", format!("http://localhost:{client}")),
        pair("REDIRECT_URI", format!("http://localhost:{client}/callback")),
    ]
}

/// What a person needs to know once the pair is up.
fn welcome(pair: &Pair, parts: &[Part], (server, client): (u16, u16)) -> String {
    let idea = term::wrap(&pair.idea, term::WIDTH, 0);
    let mut text = format!("\n{}  {idea}\n\n", term::bold(&pair.label));
    for part in parts {
        let (colour, what) = match part.who {
            "client" => (term::BLUE, "click \"Start authorization\" here (blue pages)"),
            _ => (term::RED, "the authorization server (red pages)"),
        };
        let label = if part.who == "client" {
            "client"
        } else {
            "server"
        };
        let url = format!("http://localhost:{}", part.port);
        text.push_str(&format!("  {}  {url}   {what}\n", term::paint(colour, label)));
    }
    let state: Vec<String> =
        parts.iter().map(|part| format!("http://localhost:{}/debug/state", part.port)).collect();
    text.push_str("  log in  user0 with password0 (or user1 with password1)\n");
    text.push_str(&format!("  inside  {}\n", state.join("  ")));
    if parts.len() == 1 {
        let (who, port) = if parts[0].who == "client" {
            ("server", server)
        } else {
            ("client", client)
        };
        text.push_str(&format!("  yours   the {who} is expected on http://localhost:{port}\n"));
    }
    text.push_str(&format!("\n{}\n\n", term::dim("Ctrl-C ends everything.")));
    text
}

/// Reads `5010,5011`.
fn two_ports(text: &str) -> Result<(u16, u16), String> {
    let (server, client) = text.split_once(',').ok_or("two ports are wanted, as in 5010,5011")?;
    let port = |text: &str| {
        let text = text.trim();
        ::settings::ports::parse(text).map_err(|why| format!("{text} {why}"))
    };
    match (port(server)?, port(client)?) {
        (server, client) if server == client => Err("the two ports must differ".into()),
        ports => Ok(ports),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ports_are_two_different_ports() {
        assert_eq!(two_ports("5010,5011"), Ok((5010, 5011)));
        assert_eq!(two_ports("5010, 5011"), Ok((5010, 5011)));
        for bad in [
            "5010",
            "5010,5010",
            "0,1",
            "5010,70000",
            "a,b",
            "1,2,3",
            "5010,",
            "6000,6001",
            "5010,6667",
            "+5010,5011",
            "",
        ] {
            assert!(two_ports(bad).is_err(), "{bad}");
        }
    }
}
