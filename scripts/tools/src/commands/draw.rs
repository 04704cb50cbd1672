//! `cargo lab draw`: the sequence diagram of a real login, or of an attack, as a file.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::commands::attack::{Victim, named};
use crate::drawn;
use crate::drawn::Scene;
use attacks::Attack;
use clap::Args;
use kit::Executables;
use lab::term;
use tokio::runtime::Runtime;

use lab::error::{Error, Outcome};
use lab::versions::{Version, Versions};

/// Where the pictures of the texts are kept.
const FOLDER: &str = "docs/pictures";

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
        all(&versions, |name, scene| write(&versions.root, name, &scene.svg()))?;
        return Ok(ExitCode::SUCCESS);
    };
    let version = versions.find(typed)?;
    let attack = args.attack.as_deref().map(|name| named(name, false)).transpose()?;
    let (name, scene) = Studio::open(&versions, version)?.draw(attack)?;
    if args.text {
        term::print(&picture::text(&scene.flow, &scene.cast));
        return Ok(ExitCode::SUCCESS);
    }
    write(&versions.root, &name, &scene.svg())?;
    Ok(ExitCode::SUCCESS)
}

/// Draws every picture of the texts, and hands over each at once: the name of its file, and what it shows.
///
/// # Errors
/// A build fails, a flow does not end well, an attack leaves nothing to draw, or a picture is not taken.
pub fn all(
    versions: &Versions,
    mut take: impl FnMut(&str, Scene) -> Result<(), Error>,
) -> Result<(), Error> {
    for version in &versions.all {
        let studio = Studio::open(versions, version)?;
        let shown = |attack: &&&Attack| attack.drawn_on().any(|on| on == studio.number);
        let attacks = attacks::all().iter().filter(shown).map(|attack| Some(*attack));
        for attack in std::iter::once(None).chain(attacks) {
            let (name, scene) = studio.draw(attack)?;
            if scene.flow.rows.is_empty() {
                return Err(Error::Program(format!("{name} would be empty.")));
            }
            take(&name, scene)?;
        }
    }
    Ok(())
}

/// A version that is built and can be drawn again and again.
struct Studio {
    number: u8,
    login: String,
    executables: Executables,
    runtime: Runtime,
}

impl Studio {
    fn open(versions: &Versions, version: &Version) -> Result<Studio, Error> {
        let victim = Victim::version(versions, version);
        Ok(Studio {
            number: victim.number(),
            login: format!("{}.svg", version.name),
            executables: victim.build()?,
            runtime: Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?,
        })
    }

    /// An attack, or without one a login, on a pair that nobody has used.
    fn draw(&self, attack: Option<&'static Attack>) -> Result<(String, Scene), Error> {
        let (number, executables) = (self.number, &self.executables);
        let (name, scene) = match attack {
            None => (self.login.clone(), self.runtime.block_on(drawn::login(number, executables))),
            Some(attack) => (
                attack.picture(number),
                self.runtime.block_on(drawn::attack(attack, number, executables)),
            ),
        };
        Ok((name, scene?))
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
