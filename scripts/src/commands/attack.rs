//! `cargo lab attack`: watch an attack, message by message.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitCode;
use std::process::Stdio;

use clap::Args;

use crate::error::Error;
use crate::error::Outcome;
use crate::process::cargo;
use crate::process::ports;
use crate::settings;
use crate::suggest;
use crate::term;
use crate::versions::Version;
use crate::versions::Versions;
use crate::workbench::bench;
use crate::workbench::manifest;

/// The program that carries attacks out. `lab` itself stays small and speaks no HTTP.
const PROGRAM: &str = "lab-attack";

/// Where the table of all attacks is kept.
const PAGE: &str = "docs/attacks.md";

/// The port of the attacker's site: what the attacker's application has registered at the server.
const STAGE_PORT: u16 = 5666;

/// How `cargo lab attack` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab attack                          the list
  cargo lab attack login-csrf v01           it succeeds: watch it, message by message
  cargo lab attack login-csrf v02           it fails: see the line of code that stops it
  cargo lab attack login-csrf v01 --stage   act it out in your browser
  cargo lab attack login-csrf workbench     against your own pair, after `cargo lab start`
  cargo lab attack --matrix                 all attacks on all versions")]
pub struct AttackArgs {
    /// The attack. Without one: the list
    pub name: Option<String>,
    /// The version (v03, 3, v03-pkce and pkce all mean the same), or workbench
    #[arg(requires = "name")]
    pub version: Option<String>,
    /// Run all attacks on all versions and print the table
    #[arg(long, conflicts_with_all = ["name", "stage", "write"])]
    pub matrix: bool,
    /// Start the pair and the attacker's site, to act it out in a browser
    #[arg(long, requires = "version")]
    pub stage: bool,
    /// Write docs/attacks.md anew
    #[arg(long, conflicts_with_all = ["name", "stage"])]
    pub write: bool,
}

/// Lists, tells, stages or counts attacks.
///
/// # Errors
/// The attack or the version is unknown, the build fails, or a port is taken.
pub fn run(args: &AttackArgs) -> Outcome {
    let versions = Versions::here()?;
    let pair = args.version.as_deref().map(|typed| resolve(&versions, typed)).transpose()?;
    if args.matrix {
        return matrix(&versions);
    }
    let program = build(&versions.root, &[])?.remove(0);
    if args.write {
        return write(&versions.root, &program);
    }
    let Some(name) = &args.name else {
        return call(&program, &["list"]);
    };
    known(&program, if args.stage { "stages" } else { "names" }, name)?;
    let Some(pair) = pair else {
        return call(&program, &["about", name]);
    };
    let ports = match args.stage {
        true => stage_ports(&versions.root)?.map(|port| port.to_string()).to_vec(),
        false => Vec::new(),
    };
    on_pair(&program, name, &pair, &ports)
}

/// Whom an attack is aimed at: a version, or the workbench as the version that it is to become.
struct Pair<'a> {
    version: &'a Version,
    binaries: [String; 2],
    /// Where cargo builds it.
    folder: PathBuf,
}

fn resolve<'a>(versions: &'a Versions, typed: &str) -> Result<Pair<'a>, Error> {
    if !bench::is_meant(typed) {
        let version = versions.find(typed)?;
        return Ok(Pair {
            version,
            binaries: [
                version.server_binary(),
                version.client_binary(),
            ],
            folder: versions.root.clone(),
        });
    }
    let bench = bench::open(versions)?;
    let name = |program: &str| format!("{}-{program}", manifest::NAME);
    Ok(Pair {
        version: bench.goal,
        binaries: [name("server"), name("client")],
        folder: bench.folder,
    })
}

/// Builds the pair and carries the attack out on it; with ports it is staged.
fn on_pair(program: &Path, name: &str, pair: &Pair, ports: &[String]) -> Outcome {
    let [server, client] = &pair.binaries;
    let built = cargo::build(&pair.folder, &[server, client], false)?;
    let [server, client] = built.as_slice() else {
        return Err(Error::Build);
    };
    let (server, client) = (server.to_string_lossy(), client.to_string_lossy());
    let what = if ports.is_empty() { "run" } else { "stage" };
    let mut arguments = vec![
        what,
        name,
        &pair.version.name,
        &server,
        &client,
    ];
    arguments.extend(ports.iter().map(String::as_str));
    call(program, &arguments)
}

/// Builds the program and `binaries`, and says where they are, in this order.
fn build(root: &Path, binaries: &[&str]) -> Result<Vec<PathBuf>, Error> {
    let all: Vec<&str> = [PROGRAM].iter().chain(binaries).copied().collect();
    cargo::build(root, &all, false)
}

/// Calls the program; its output is ours, and so is its exit code.
fn call(program: &Path, arguments: &[&str]) -> Outcome {
    let mut command = command(program);
    command.args(arguments).env("LAB_EXIT_WITH_STDIN", "1").stdin(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Error::file("start", program, error))?;
    // Held until it ends. However we end, the system closes this pipe, and the program ends with it.
    let held = child.stdin.take();
    let status = child.wait().map_err(|error| Error::file("wait for", program, error))?;
    drop(held);
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    cargo::forget_lab(&mut command);
    command
}

/// What the program prints when it is asked for `word`.
fn ask(program: &Path, word: &str) -> Result<String, Error> {
    let output = command(program).arg(word).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Error::file("start", program, error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Error::Program(format!("{PROGRAM} {word} failed."))),
    }
}

/// Fails unless `name` is one of the names that the program lists.
fn known(program: &Path, list: &str, name: &str) -> Result<(), Error> {
    let names = ask(program, list)?;
    let names: Vec<&str> = names.lines().collect();
    match names.contains(&name) {
        true => Ok(()),
        false => {
            let kind = if list == "stages" {
                "attack to act out"
            } else {
                "attack"
            };
            Err(Error::request(suggest::unknown(kind, name, &names)))
        }
    }
}

/// Server, client, attacker: all three must be free, and a person must know them.
fn stage_ports(root: &Path) -> Result<[u16; 3], Error> {
    let settings = settings::in_force(root, &[])?;
    let (server, client) = (settings.auth_server_port, settings.client_app_port);
    ports::demand(server, "authorization server", "AUTH_SERVER_PORT")?;
    ports::demand(client, "client", "CLIENT_APP_PORT")?;
    match ports::look(STAGE_PORT) {
        ports::Port::Free => Ok([server, client, STAGE_PORT]),
        _ => Err(Error::Program(format!(
            "{}\nThe attacker's site needs it: the address of his application is registered with that port. End that program first.",
            ports::taken(STAGE_PORT)
        ))),
    }
}

fn matrix(versions: &Versions) -> Outcome {
    let names: Vec<String> = versions
        .all
        .iter()
        .flat_map(|version| {
            [
                version.server_binary(),
                version.client_binary(),
            ]
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let built = build(&versions.root, &names)?;
    let (program, pairs) = built.split_first().ok_or(Error::Build)?;
    let mut arguments = vec!["matrix".to_string()];
    for (version, pair) in versions.all.iter().zip(pairs.chunks_exact(2)) {
        arguments.extend(of_pair(version, pair));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    call(program, &arguments)
}

fn of_pair(version: &Version, pair: &[PathBuf]) -> Vec<String> {
    let paths = pair.iter().map(|path| path.to_string_lossy().into_owned());
    std::iter::once(version.name.clone()).chain(paths).collect()
}

fn write(root: &Path, program: &Path) -> Outcome {
    let page = ask(program, "page")?;
    let path = root.join(PAGE);
    // git on Windows may have checked it out with other line ends.
    if fs::read_to_string(&path).is_ok_and(|kept| kept.replace("\r\n", "\n") == page) {
        term::line(&format!("{PAGE} is up to date."));
        return Ok(ExitCode::SUCCESS);
    }
    fs::write(&path, page).map_err(|error| Error::file("write", &path, error))?;
    term::line(&format!("wrote {PAGE}"));
    Ok(ExitCode::SUCCESS)
}
