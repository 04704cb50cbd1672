//! `docs/diffs/`: the step between each pair of neighbours, kept in the repository.
//!
//! Readers on a code host see each step without running anything, and a change that reached one version
//! and not the next shows up here as a changed diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use crate::diff::kind::Kind;
use crate::diff::step::Step;
use crate::diff::tree::Tree;
use crate::diff::unified;
use crate::error::Error;
use crate::versions::{Version, Versions};

/// How a kept diff is brought up to date.
const WRITE: &str = "cargo lab diff --write";

/// A kept diff that is not what the versions say, and what probably caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file, as in `docs/diffs/v02-v03.diff`.
    pub file: String,
    /// What is wrong, and what probably caused it.
    pub what: String,
    /// What to do.
    pub next: String,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  Next: {}", self.file, self.what, self.next)
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
        let (what, next) = match kept(&path)? {
            None => ("is missing.".into(), WRITE.into()),
            Some(before) if before != now => cause(&before, &now, old, new),
            Some(_) => continue,
        };
        stale.push(Stale {
            file: shown(&name),
            what,
            next,
        });
    }
    for name in orphans(versions)? {
        let what = "belongs to no pair of neighbours.".into();
        stale.push(Stale {
            file: shown(&name),
            what,
            next: WRITE.into(),
        });
    }
    Ok(stale)
}

/// What is stale and what probably caused it, told from the lines that the diff gained; and what to do.
fn cause(before: &str, now: &str, old: &Version, new: &Version) -> (String, String) {
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
    match (fresh('-'), fresh('+')) {
        // A line that only the older version has: a change that stopped there.
        (Some(line), _) => (
            format!("is out of date: {old} has a line that {new} has not.\n    {line}"),
            format!(
                "If it is a fix, take it on: cargo lab carry {old}. If the step is meant to be so: cargo lab diff --write"
            ),
        ),
        (None, Some(line)) => (
            format!("is out of date: {new} has a line that was not part of its step.\n    {line}"),
            format!(
                "If it is a fix, make it in the oldest version that needs it and carry it. If it belongs to the idea of {new}: cargo lab diff --write"
            ),
        ),
        (None, None) => ("is out of date.".into(), WRITE.into()),
    }
}

/// The diff between two neighbours as it is kept: code, templates, tests and the manifest.
fn text(old: &Version, new: &Version) -> Result<String, Error> {
    let declaration = new.declaration()?;
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    let kept = |kind| !matches!(kind, Kind::Text | Kind::Declaration);
    let step = Step::between(&before, &after, &declaration.parts, kept);
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
