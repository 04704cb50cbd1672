//! `cargo lab new`: begin a version, as a copy of the newest one under the next number.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use lab::term;

use lab::error::{Error, Outcome};
use lab::versions::{DECLARATION_FILE, Version, Versions};

/// How `cargo lab new` is called.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  cargo lab new device-flow      versions/vNN-device-flow, the next number")]
pub struct NewArgs {
    /// What it is about, in lower case with hyphens
    pub name: String,
}

/// Copies the newest version, and gives the copy a name, a number and an empty idea.
///
/// # Errors
/// The name is none, it is taken, or a file cannot be read or written.
pub fn run(args: &NewArgs) -> Outcome {
    let versions = Versions::here()?;
    let name = checked(&versions, &args.name)?;
    let newest = versions.all.last().ok_or_else(|| Error::request("There is no version yet."))?;
    let number = kit::ladder::number(&newest.name).unwrap_or_default() + 1;
    let (package, folder) = (format!("v{number:02}"), format!("v{number:02}-{name}"));
    let path = versions.root.join("versions").join(&folder);
    let names = [
        (newest.folder.clone(), folder.clone()),
        (format!("{}-", newest.name), format!("{package}-")),
    ];
    copy(&newest.path, &path, &names)?;
    change(&path.join("Cargo.toml"), |text| {
        text.replace(&format!("name = \"{}\"", newest.name), &format!("name = \"{package}\""))
    })?;
    let rung = path.join(DECLARATION_FILE);
    change(&rung, |text| emptied(&text))?;
    let member = |folder: &str| format!("    \"versions/{folder}\",\n");
    let (old, new) = (member(&newest.folder), member(&folder));
    change(&versions.root.join("Cargo.toml"), |text| text.replace(&old, &format!("{old}{new}")))?;
    term::print(&next_steps(newest, &package, &folder));
    Ok(ExitCode::SUCCESS)
}

fn checked<'a>(versions: &Versions, name: &'a str) -> Result<&'a str, Error> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) || name.starts_with('-') || name.ends_with('-') {
        return Err(Error::request(format!(
            "`{name}` can't be the name of a version. Take lower-case letters, digits and hyphens: cargo lab new device-flow"
        )));
    }
    let same =
        |version: &&Version| version.folder.split_once('-').is_some_and(|(_, own)| own == name);
    match versions.all.iter().find(same) {
        Some(version) => {
            Err(Error::request(format!("There is a version of that name: {}.", version.folder)))
        }
        None => Ok(name),
    }
}

/// Copies a folder. Each first name becomes the second, in this order.
fn copy(from: &Path, to: &Path, names: &[(String, String)]) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(|error| Error::file("make", to, error))?;
    let entries = fs::read_dir(from).map_err(|error| Error::file("read", from, error))?;
    for entry in entries.flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target, names)?;
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
        let text = names.iter().fold(text, |text, (old, new)| text.replace(old, new));
        fs::write(&target, text).map_err(|error| Error::file("write", &target, error))?;
    }
    Ok(())
}

/// The declaration of a step that has not been written yet: what is broken stays broken.
fn emptied(rung: &str) -> String {
    let broken = rung.find("broken = [").map_or("broken = []\n", |at| {
        let rest = &rung[at..];
        rest.find("\n]\n").map_or(rest, |end| &rest[..end + 3])
    });
    format!(
        "# What this version is. `cargo lab` lists it, and `cargo lab ladder` checks code, READMEs and attacks against it.\n\
         idea = \"Say the one idea in a sentence.\"\n\
         adds = []\n\
         # What a server or client can do from here on: checks and attacks ask for it by this name.\n\
         brings = []\n\
         # How many requirements the catalogue has for it, each a check.\n\
         requirements = 0\n\
         # Attacks that succeed on the version before and fail here. Written by `cargo lab attack --write`.\n\
         cures = []\n\
         {broken}\n\
         # The most lines of code that the step from the version before may change: an aim, set beforehand.\n\
         [budget]\n\
         added = 220\n\
         removed = 10\n"
    )
}

fn change(path: &Path, edit: impl FnOnce(String) -> String) -> Result<(), Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::file("read", path, error))?;
    fs::write(path, edit(text)).map_err(|error| Error::file("write", path, error))
}

fn next_steps(newest: &Version, package: &str, folder: &str) -> String {
    format!(
        "Made versions/{folder}, a copy of {}, and its line in Cargo.toml.\n\n\
         Next:\n  \
         1. versions/{folder}/rung.toml: the idea, the budget, and the parts once there are some\n  \
         2. write the code; {} shows what the step has become\n  \
         3. {} measures it and says what is missing; with --write it writes the generated texts\n  \
         4. {} runs every check and attack on it\n\n\
         docs/adding.md tells the whole way.\n",
        newest.folder,
        term::command(&format!("cargo lab diff {} {package}", newest.name)),
        term::command("cargo lab ladder"),
        term::command(&format!("cargo test -p {package}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_declaration_keeps_what_is_broken() {
        let rung = "idea = \"x\"\nbrings = [\"y\"]\nbroken = [\n    \"It leaks.\",\n]\n\n[budget]\nadded = 1\n[[part]]\n";
        let text = emptied(rung);
        assert!(text.contains("broken = [\n    \"It leaks.\",\n]\n\n# The most"), "{text}");
        assert!(!text.contains("[[part]]") && text.contains("brings = []"));
        let declared = lab::declaration::Declaration::parse("rung.toml", &text).expect("good");
        assert_eq!(declared.broken, ["It leaks."]);
    }
}
