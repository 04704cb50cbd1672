//! `cargo lab run`: build a pair, start it, say where to click.

use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use clap::Args;

use crate::error::Error;
use crate::error::Outcome;
use crate::process::cargo;
use crate::process::child::Running;
use crate::process::health;
use crate::process::ports;
use crate::settings::Settings;
use crate::term;
use crate::versions::Version;
use crate::versions::Versions;

/// How long a process may take until it answers. A debug build answers in a fraction of a second.
const START: Duration = Duration::from_secs(20);

/// How `cargo lab run` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab run v03
  cargo lab run v03 --open
  cargo lab run v03 --ports 5010,5011
  cargo lab run v03 --server-only     (and your own client beside it)")]
pub struct RunArgs {
    /// The version: v03, 3, v03-pkce and pkce all mean the same
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

/// One process of the pair that is to be started.
struct Part {
    binary: String,
    who: &'static str,
    setting: &'static str,
    port: u16,
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
    let version = versions.find(&args.version)?;
    let (server, client) = match args.ports {
        Some(ports) => ports,
        None => Settings::read(&versions.root)?.ports()?,
    };
    let mut parts = vec![
        Part {
            binary: version.server_binary(),
            who: "authorization server",
            setting: "AUTH_SERVER_PORT",
            port: server,
        },
        Part {
            binary: version.client_binary(),
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
    let executables = cargo::build(&versions.root, &binaries, args.release)?;
    let mut running = start(&versions, &parts, &executables, &environment(args))?;
    wait_until_ready(&parts, &mut running)?;
    term::print(&welcome(version, &parts, (server, client)));
    if args.open {
        open(&format!("http://localhost:{}", if args.server_only { server } else { client }));
    }
    watch(&mut running)
}

/// Starts every part.
fn start(
    versions: &Versions,
    parts: &[Part],
    executables: &[PathBuf],
    settings: &[(String, String)],
) -> Result<Vec<Running>, Error> {
    let mut running = Vec::new();
    for (part, executable) in parts.iter().zip(executables) {
        running.push(Running::start(&part.binary, executable, &versions.root, settings)?);
    }
    Ok(running)
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

/// Waits until every part answers.
fn wait_until_ready(parts: &[Part], running: &mut [Running]) -> Result<(), Error> {
    let deadline = Instant::now() + START;
    for (index, part) in parts.iter().enumerate() {
        while !health::answers(part.port) {
            if let Some(error) = running.iter_mut().find_map(early_end) {
                return Err(error);
            }
            if Instant::now() > deadline {
                let name = &running[index].name;
                return Err(Error::Program(format!(
                    "{name} does not answer on http://localhost:{}/healthz. `cargo lab doctor` looks for the usual reasons.",
                    part.port
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}

/// The error of a process that ended before it was ready. Its own words are above.
fn early_end(process: &mut Running) -> Option<Error> {
    process.ended().map(|_| {
        Error::Program(format!(
            "{} did not start. Its reason is the line above; `cargo lab doctor` knows the usual ones.",
            process.name
        ))
    })
}

/// What a person needs to know once the pair is up.
fn welcome(version: &Version, parts: &[Part], (server, client): (u16, u16)) -> String {
    let idea = version.declaration().map(|declaration| declaration.idea).unwrap_or_default();
    let mut text = format!("\n{}  {}\n\n", term::bold(&version.folder), term::wrap(&idea, 100, 0));
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

/// Waits until one of the processes ends, and ends the others with it. Ctrl-C ends us and so all of them.
fn watch(running: &mut [Running]) -> Outcome {
    loop {
        if let Some((index, status)) = running
            .iter_mut()
            .enumerate()
            .find_map(|(index, process)| Some((index, process.ended()?)))
        {
            let name = running[index].name.clone();
            running.iter_mut().for_each(Running::end);
            let others = if running.len() > 1 {
                " The other one was ended too."
            } else {
                ""
            };
            return Err(Error::Program(format!(
                "{name} has ended ({status}).{others} Its last words are above."
            )));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Opens `url` in the person's browser; says so when that is not possible.
fn open(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", "", url])
    } else if cfg!(target_os = "macos") {
        ("open", &[url])
    } else {
        ("xdg-open", &[url])
    };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        // Somebody must collect it when it ends, or it stays as a zombie.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(_) => term::note(&format!("No browser could be opened. Go to {url}.")),
    }
}

/// Reads `5010,5011`.
fn two_ports(text: &str) -> Result<(u16, u16), String> {
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    let ports =
        text.split_once(',').and_then(|(server, client)| Some((port(server)?, port(client)?)));
    match ports {
        Some((server, client)) if server == client => Err("the two ports must differ".into()),
        Some(ports) => Ok(ports),
        None => Err("two ports are wanted, as in 5010,5011".into()),
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
            "",
        ] {
            assert!(two_ports(bad).is_err(), "{bad}");
        }
    }
}
