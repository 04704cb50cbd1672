//! `cargo lab run`: build a pair, start it, say where to click.

use std::path::PathBuf;

use crate::error::{Error, Outcome};
use crate::process::pair::Playing;
use crate::process::{browser, cargo, pair, ports};
use crate::versions::Versions;
use crate::workbench::bench;
use crate::{cast, settings, term};
use clap::Args;

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
    /// The folder of its package.
    package: PathBuf,
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
    let mut parts = Vec::new();
    for part in cast::of_package(&pair.package)? {
        let port = settings::port_of(&versions.root, &settings, &part)?;
        parts.push(Playing { part, port });
    }
    let absent = parts.iter().find(|playing| match playing.part.name.as_str() {
        "client" => args.server_only,
        "server" => args.client_only,
        _ => false,
    });
    let absent = absent.map(|playing| (playing.part.who().to_string(), playing.port));
    parts.retain(|playing| match playing.part.name.as_str() {
        "client" => !args.server_only,
        _ => !args.client_only,
    });
    for playing in &parts {
        ports::demand(playing.port, playing.part.who(), &playing.part.port_setting())?;
    }
    let binaries: Vec<&str> = parts.iter().map(|playing| playing.part.binary.as_str()).collect();
    let executables = cargo::build(&pair.folder, &binaries, args.release)?;
    let mut running = pair::start(&versions.root, &parts, &executables, &changed)?;
    pair::wait_until_ready(&parts, &mut running)?;
    term::print(&welcome(&pair, &parts, absent));
    if args.open {
        // The client's page, if it is there.
        let shown = parts.iter().find(|playing| playing.part.name == "client").or(parts.first());
        if let Some(playing) = shown {
            browser::open(&format!("http://localhost:{}", playing.port));
        }
    }
    pair::watch(&mut running)
}

/// The pair that `typed` stands for.
fn resolve(versions: &Versions, typed: &str) -> Result<Pair, Error> {
    if bench::is_meant(typed) {
        let bench = bench::open(versions)?;
        let idea = format!("Your own pair, on its way to {}.", bench.goal.folder);
        return Ok(Pair {
            label: bench::NAME.to_string(),
            idea,
            package: bench.folder.clone(),
            folder: bench.folder,
        });
    }
    let version = versions.find(typed)?;
    let idea = version.declaration().map(|declaration| declaration.idea).unwrap_or_default();
    Ok(Pair {
        label: version.folder.clone(),
        idea,
        package: version.path.clone(),
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

/// What a person needs to know once the cast is up. `absent`: who is expected from elsewhere, and at which port.
fn welcome(pair: &Pair, parts: &[Playing], absent: Option<(String, u16)>) -> String {
    let idea = term::wrap(&pair.idea, term::WIDTH, 0);
    let mut text = format!("\n{}  {idea}\n\n", term::bold(&pair.label));
    let wide = parts.iter().map(|playing| playing.part.name.len()).max().unwrap_or_default();
    for Playing { part, port } in parts {
        let (colour, what) = match part.name.as_str() {
            "client" => (term::BLUE, "click \"Start authorization\" here (blue pages)"),
            "server" => (term::RED, "the authorization server (red pages)"),
            _ => (term::YELLOW, "takes part, too"),
        };
        let label = term::paint(colour, &format!("{:<wide$}", part.name));
        text.push_str(&format!("  {label}  http://localhost:{port}   {what}\n"));
    }
    let state: Vec<String> = parts
        .iter()
        .filter(|playing| ["server", "client"].contains(&playing.part.name.as_str()))
        .map(|playing| format!("http://localhost:{}/debug/state", playing.port))
        .collect();
    text.push_str("  log in  user0 with password0 (or user1 with password1)\n");
    text.push_str(&format!("  inside  {}\n", state.join("  ")));
    if let Some((who, port)) = absent {
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
