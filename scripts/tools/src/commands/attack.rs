//! `cargo lab attack`: watch an attack, message by message.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use lab::cast;
use lab::workbench::bench;
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

use attacks::{Attack, Report, docs, stage, tell};
use kit::{Executables, Pair, Target};
use lab::error::{Error, Outcome};
use lab::process::{cargo, ports};
use lab::versions::{DECLARATION_FILE, Version, Versions};
use lab::{settings, suggest, term};

/// Where the table of all attacks is kept.
const PAGE: &str = "docs/attacks.md";

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
    /// Write docs/attacks.md anew, and `cures` in every rung.toml
    #[arg(long, conflicts_with_all = ["name", "stage"])]
    pub write: bool,
}

/// Lists, tells, stages or counts attacks.
///
/// # Errors
/// The attack or the version is unknown, the build fails, or a port is taken.
pub fn run(args: &AttackArgs) -> Outcome {
    let versions = Versions::here()?;
    let victim =
        args.version.as_deref().map(|typed| Victim::named(&versions, typed)).transpose()?;
    if args.matrix {
        return matrix(&versions);
    }
    if args.write {
        return write(&versions);
    }
    let Some(name) = &args.name else {
        return Ok(show(&tell::list()));
    };
    let attack = named(name, args.stage)?;
    let Some(victim) = victim else {
        return Ok(show(&tell::about(attack)));
    };
    match args.stage {
        true => staged(&versions.root, attack, &victim),
        false => told(attack, &victim),
    }
}

/// Whom an attack is aimed at: a version, or the workbench as the version that it is to become.
pub struct Victim<'a> {
    version: &'a Version,
    /// Its package.
    package: PathBuf,
    /// Where cargo builds it.
    folder: PathBuf,
}

impl<'a> Victim<'a> {
    fn named(versions: &'a Versions, typed: &str) -> Result<Self, Error> {
        if !bench::is_meant(typed) {
            let version = versions.find(typed)?;
            return Ok(Victim::version(versions, version));
        }
        let bench = bench::open(versions)?;
        Ok(Victim {
            version: bench.goal,
            package: bench.folder.clone(),
            folder: bench.folder,
        })
    }

    /// A version of the ladder.
    pub fn version(versions: &Versions, version: &'a Version) -> Self {
        Victim {
            version,
            package: version.path.clone(),
            folder: versions.root.clone(),
        }
    }

    /// The number of the version: 3 for v03.
    pub fn number(&self) -> u8 {
        kit::ladder::number(&self.version.name).unwrap_or_default()
    }

    /// Builds its programs, with cargo's progress on the screen.
    ///
    /// # Errors
    /// [`Error::Build`] when the compiler refused: it has said why.
    pub fn build(&self) -> Result<Executables, Error> {
        let cast = cast::of_package(&self.package)?;
        let names: Vec<&str> = cast.iter().map(|part| part.binary.as_str()).collect();
        let built = cargo::build(&self.folder, &names, false)?;
        Executables::of_cast(built).map_err(Error::Program)
    }
}

/// The attack of that name, if it can be told or acted out.
///
/// # Errors
/// There is none: which ones there are.
pub fn named(name: &str, on_stage: bool) -> Result<&'static Attack, Error> {
    let all: Vec<&str> = match on_stage {
        true => stage::NAMES.to_vec(),
        false => attacks::all().iter().map(|attack| attack.name).collect(),
    };
    let known = attacks::find(name).filter(|_| all.contains(&name));
    known.ok_or_else(|| {
        let kind = if on_stage {
            "attack to act out"
        } else {
            "attack"
        };
        Error::request(suggest::unknown(kind, name, &all))
    })
}

fn told(attack: &'static Attack, victim: &Victim) -> Outcome {
    let executables = victim.build()?;
    let report = runtime()?.block_on(carried_out(attack, victim.number(), &executables))?;
    show(&tell::report(&report));
    Ok(verdict(report.is_as_declared()))
}

async fn carried_out(
    attack: &'static Attack,
    number: u8,
    executables: &Executables,
) -> Result<Report, Error> {
    let target = target(number, executables).await?;
    Ok(attacks::run(attack, &target).await)
}

async fn target(number: u8, executables: &Executables) -> Result<Target, Error> {
    let pair = Pair::start(executables, &[]).await.map_err(Error::Program)?;
    Ok(Target::of_pair(number, Arc::new(pair), executables))
}

fn staged(root: &Path, attack: &'static Attack, victim: &Victim) -> Outcome {
    let ports = stage_ports(root)?;
    let executables = victim.build()?;
    let playing = stage::play(attack, victim.number(), &executables, ports);
    runtime()?.block_on(playing).map_err(Error::Program)
}

/// Server, client, attacker: all three must be free, and a person must know them.
fn stage_ports(root: &Path) -> Result<[u16; 3], Error> {
    let settings = settings::in_force(root, &[])?;
    let (server, client) = (settings.auth_server_port, settings.client_app_port);
    ports::demand(server, "authorization server", "AUTH_SERVER_PORT")?;
    ports::demand(client, "client", "CLIENT_APP_PORT")?;
    match ports::look(stage::PORT) {
        ports::Port::Free => Ok([server, client, stage::PORT]),
        _ => Err(Error::Program(format!(
            "{}\nThe attacker's site needs it: the address of his application is registered with that port. End that program first.",
            ports::taken(stage::PORT)
        ))),
    }
}

/// Runs everything on every version, and prints the table.
fn matrix(versions: &Versions) -> Outcome {
    let mut casts = Vec::new();
    for version in &versions.all {
        let victim = Victim::version(versions, version);
        casts.push((victim.number(), victim.build()?));
    }
    runtime()?.block_on(whole_matrix(&casts))
}

async fn whole_matrix(casts: &[(u8, Executables)]) -> Outcome {
    let mut rows: Vec<tell::Row> =
        attacks::all().iter().map(|attack| (*attack, Vec::new())).collect();
    let mut surprises = Vec::new();
    for (number, executables) in casts {
        let target = target(*number, executables).await?;
        let tasks: Vec<_> = attacks::all()
            .iter()
            .map(|attack| {
                let target = target.clone();
                tokio::spawn(async move { attacks::run(attack, &target).await })
            })
            .collect();
        for (task, row) in tasks.into_iter().zip(&mut rows) {
            let report = task.await.map_err(|trouble| Error::Program(trouble.to_string()))?;
            row.1.push((report.target.version, report.ending.cell()));
            if !report.is_as_declared() {
                let name = report.attack.name;
                surprises.push(format!("{name} on v{number:02}: {}", report.ending));
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

/// Writes what follows from the attacks: the page of the docs, and `cures` in each `rung.toml`.
fn write(versions: &Versions) -> Outcome {
    let page = versions.root.join(PAGE);
    let mut texts = vec![(page, PAGE.to_string(), docs::page())];
    for version in &versions.all {
        let path = version.path.join(DECLARATION_FILE);
        let text = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
        let number = kit::ladder::number(&version.name).unwrap_or_default();
        let name = format!("versions/{}/{DECLARATION_FILE}", version.folder);
        texts.push((path, name, docs::with_cures(&text, number)));
    }
    let mut written = 0;
    for (path, name, text) in texts {
        // git on Windows may have checked it out with other line ends.
        if fs::read_to_string(&path).is_ok_and(|kept| kept.replace("\r\n", "\n") == text) {
            continue;
        }
        fs::write(&path, text).map_err(|error| Error::file("write", &path, error))?;
        term::line(&format!("wrote {name}"));
        written += 1;
    }
    if written == 0 {
        term::line(&format!("{PAGE} and the cures of every version are up to date."));
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> Result<Runtime, Error> {
    Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))
}

fn show(text: &str) -> ExitCode {
    term::print(text);
    ExitCode::SUCCESS
}

fn verdict(good: bool) -> ExitCode {
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
