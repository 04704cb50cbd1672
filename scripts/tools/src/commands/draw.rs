//! `cargo lab draw`: the sequence diagram of a real login, or of an attack, as a file.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::commands::attack::Victim;
use crate::drawn;
use crate::drawn::Scene;
use clap::Args;
use lab::term;
use tokio::runtime::Runtime;

use lab::error::{Error, Outcome};
use lab::versions::{Version, Versions};

/// Where the pictures of the texts are kept.
const FOLDER: &str = "docs/pictures";

/// The attacks that the texts show, each where it succeeds and where it first fails.
pub const SHOWN: [(&str, u8); 4] = [
    ("login-csrf", 1),
    ("login-csrf", 2),
    ("code-injection", 3),
    ("code-injection", 4),
];

/// How `cargo lab draw` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab draw                      all pictures of the texts, into docs/pictures
  cargo lab draw v03                  docs/pictures/v03.svg, from a real login
  cargo lab draw v02 login-csrf       docs/pictures/login-csrf-v02.svg, in two browsers
  cargo lab draw v03 --text           on the terminal")]
pub struct DrawArgs {
    /// The version. Without one: every picture that the texts show
    pub version: Option<String>,
    /// An attack. Without one: a login
    pub attack: Option<String>,
    /// On the terminal instead of into a file
    #[arg(long, requires = "version")]
    pub text: bool,
}

/// Carries the flows out and draws them.
///
/// # Errors
/// A name is unknown, a build fails, or a file cannot be written.
pub fn run(args: &DrawArgs) -> Outcome {
    let versions = Versions::here()?;
    let Some(typed) = &args.version else {
        for (name, svg) in all(&versions)? {
            write(&versions.root, &name, &svg)?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let version = versions.find(typed)?;
    let (name, scene) = one(&versions, version, args.attack.as_deref())?;
    if args.text {
        term::print(&picture::text(&scene.flow, &scene.cast));
        return Ok(ExitCode::SUCCESS);
    }
    write(&versions.root, &name, &scene.svg())?;
    Ok(ExitCode::SUCCESS)
}

/// Every picture of the texts: the name of its file, and what is in it.
///
/// # Errors
/// A build fails, or a flow does not end well.
pub fn all(versions: &Versions) -> Result<Vec<(String, String)>, Error> {
    let logins = versions.all.iter().map(|version| (version, None));
    let number =
        |number: u8| move |version: &&Version| kit::ladder::number(&version.name) == Some(number);
    let attacks = SHOWN
        .iter()
        .filter_map(|(attack, on)| Some((versions.all.iter().find(number(*on))?, Some(*attack))));
    let mut pictures = Vec::new();
    for (version, attack) in logins.chain(attacks) {
        let (name, scene) = one(versions, version, attack)?;
        pictures.push((name, scene.svg()));
    }
    Ok(pictures)
}

fn one(
    versions: &Versions,
    version: &Version,
    attack: Option<&str>,
) -> Result<(String, Scene), Error> {
    let victim = Victim::version(versions, version);
    let executables = victim.build()?;
    let runtime = Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?;
    match attack {
        None => {
            let scene = runtime.block_on(drawn::login(victim.number(), &executables))?;
            Ok((format!("{}.svg", version.name), scene))
        }
        Some(name) => {
            let attack = crate::commands::attack::named(name, false)?;
            let scene = runtime.block_on(drawn::attack(attack, victim.number(), &executables))?;
            Ok((format!("{name}-{}.svg", version.name), scene))
        }
    }
}

fn write(root: &Path, name: &str, svg: &str) -> Result<(), Error> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| Error::file("make", &folder, error))?;
    let path = folder.join(name);
    if fs::read_to_string(&path).is_ok_and(|kept| kept.replace("\r\n", "\n") == svg) {
        term::line(&format!("{FOLDER}/{name} is up to date."));
        return Ok(());
    }
    fs::write(&path, svg).map_err(|error| Error::file("write", &path, error))?;
    term::line(&format!("wrote {FOLDER}/{name}"));
    Ok(())
}
