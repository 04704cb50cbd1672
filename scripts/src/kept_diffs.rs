//! `docs/diffs/`: the step between each pair of neighbours, kept in the repository.
//!
//! Readers on a code host see each step without running anything, and a change that reached one version
//! and not the next shows up here as a changed diff.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::diff::kind::Kind;
use crate::diff::step::Step;
use crate::diff::tree::Tree;
use crate::diff::unified;
use crate::error::Error;
use crate::versions::Version;
use crate::versions::Versions;

/// A kept diff that is not what the versions say, and what probably caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file, as in `docs/diffs/v02-v03.diff`.
    pub file: String,
    /// What is probably the cause, and what to do.
    pub cause: String,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.cause)
    }
}

/// Writes every kept diff that is not up to date, and removes those of pairs that are no neighbours any
/// more. Returns the names of the files that it touched.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(versions: &Versions) -> Result<Vec<String>, Error> {
    let folder = folder(versions);
    fs::create_dir_all(&folder).map_err(|error| Error::file("create", &folder, error))?;
    let mut touched = Vec::new();
    for (old, new) in versions.neighbours() {
        let path = folder.join(file_name(old, new));
        let text = text(old, new)?;
        if kept(&path)?.as_deref() != Some(&text) {
            fs::write(&path, text).map_err(|error| Error::file("write", &path, error))?;
            touched.push(shown(&file_name(old, new)));
        }
    }
    for name in orphans(versions)? {
        let path = folder.join(&name);
        fs::remove_file(&path).map_err(|error| Error::file("remove", &path, error))?;
        touched.push(shown(&name));
    }
    Ok(touched)
}

/// The kept diffs that are not up to date.
///
/// # Errors
/// A file cannot be read.
pub fn stale(versions: &Versions) -> Result<Vec<Stale>, Error> {
    let mut stale = Vec::new();
    for (old, new) in versions.neighbours() {
        let name = file_name(old, new);
        let path = folder(versions).join(&name);
        let now = text(old, new)?;
        let cause = match kept(&path)? {
            None => "is missing. Write it: cargo lab diff --write".into(),
            Some(before) if before != now => cause(&before, &now, old, new),
            Some(_) => continue,
        };
        stale.push(Stale {
            file: shown(&name),
            cause,
        });
    }
    for name in orphans(versions)? {
        let cause = "belongs to no pair of neighbours. Remove it: cargo lab diff --write".into();
        stale.push(Stale {
            file: shown(&name),
            cause,
        });
    }
    Ok(stale)
}

/// What probably made the diff change, told from the lines that it gained.
fn cause(before: &str, now: &str, old: &Version, new: &Version) -> String {
    let lines = |text: &str, sign: char| -> Vec<String> {
        let header = |line: &&str| !line.starts_with("--- ") && !line.starts_with("+++ ");
        text.lines()
            .filter(header)
            .filter(|line| line.starts_with(sign))
            .map(str::to_string)
            .collect()
    };
    let fresh = |sign: char| {
        let known = lines(before, sign);
        lines(now, sign).into_iter().find(|line| !known.contains(line) && line.trim().len() > 1)
    };
    let (old, new) = (&old.name, &new.name);
    let (example, cause) = match (fresh('-'), fresh('+')) {
        // A line that only the older version has: a change that stopped there.
        (Some(line), _) => (
            line,
            format!(
                "{old} has a line that {new} has not. A fix in {old} goes on with: cargo lab carry {old}"
            ),
        ),
        (None, Some(line)) => (
            line,
            format!(
                "{new} has a line that was not part of its step. If it is a fix, make it in the oldest version that needs it and carry it."
            ),
        ),
        (None, None) => {
            return format!("{old} or {new} has changed. Write it again: cargo lab diff --write");
        }
    };
    format!("{cause}\n    {example}\n  If the step is meant to be so: cargo lab diff --write")
}

/// The diff between two neighbours as it is kept: code, templates, tests and the manifest.
fn text(old: &Version, new: &Version) -> Result<String, Error> {
    let declaration = new.declaration()?;
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    let kept = |kind| !matches!(kind, Kind::Text | Kind::Declaration);
    let step = Step::between(&before, &after, &declaration.reading_order, kept);
    Ok(unified::render(&step, &declaration.idea))
}

/// Files in the folder that belong to no pair of neighbours.
fn orphans(versions: &Versions) -> Result<BTreeSet<String>, Error> {
    let folder = folder(versions);
    let wanted: BTreeSet<String> =
        versions.neighbours().map(|(old, new)| file_name(old, new)).collect();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(Error::file("read", &folder, error)),
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| name.ends_with(".diff") && !wanted.contains(name)).collect())
}

/// The text of a kept diff, if it is there. Line ends are those of the system that checked it out.
fn kept(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path, error)),
    }
}

fn folder(versions: &Versions) -> PathBuf {
    versions.root.join("docs").join("diffs")
}

fn file_name(old: &Version, new: &Version) -> String {
    format!("{}-{}.diff", old.name, new.name)
}

fn shown(name: &str) -> String {
    format!("docs/diffs/{name}")
}
