//! What will happen to each file of each later version. Nothing is written here.

use std::fs;
use std::path::Path;

use crate::carry::change::{Change, unix};
use crate::carry::merge;
use crate::carry::merge::{Merged, Sides};
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Version;

/// What happens to one file of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The fix goes in.
    Carried,
    /// The file is new and goes in as it is.
    Copied,
    /// The file goes away.
    Deleted,
    /// The file gets its new name, and the fix.
    Renamed,
    /// It has the fix already.
    Already,
    /// The version has no such file any more, and needs no fix.
    NotThere,
    /// The fix goes in with conflict markers.
    Conflict,
    /// Nothing is done: a person must look. The reason is told.
    ByHand(String),
}

/// What happens to one file, and what is written for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The version's name, as in `v03`.
    pub version: String,
    /// The version's folder, as in `v03-pkce`.
    pub folder: String,
    /// The file below it.
    pub path: String,
    /// What happens.
    pub fate: Fate,
    /// The text to write at `path`, with `\n` line ends.
    pub write: Option<String>,
    /// The file to remove, below the version.
    pub remove: Option<String>,
}

/// Plans one change for all later versions, first to last.
///
/// Each version is merged with the change as its nearest neighbour took it: neighbours are most alike. Where
/// a version could not take it cleanly, the next one is merged with the last clean form.
///
/// # Errors
/// A file cannot be read, or git fails.
pub fn plan(from: &Version, later: &[Version], change: &Change) -> Result<Vec<Action>, Error> {
    let mut source = from.clone();
    let mut change = change.clone();
    let mut actions = Vec::new();
    for version in later {
        let translated = translate(&change, &source, version);
        let action = one(&translated, &source, version)?;
        if let (Fate::Carried | Fate::Renamed, Some(after)) = (&action.fate, &action.write) {
            let old_path = translated.renamed_from.as_ref().unwrap_or(&translated.path);
            let before = read(&version.path, old_path)?.map(|(text, _)| text);
            change = Change {
                before,
                after: Some(after.clone()),
                ..change
            };
            source = version.clone();
        }
        actions.push(action);
    }
    Ok(actions)
}

/// The change in the words of another version: the version's own name is not the fix.
fn translate(change: &Change, from: &Version, to: &Version) -> Change {
    let tree = Tree {
        names: vec![from.folder.clone(), from.name.clone()],
        ..Tree::default()
    };
    let names = [to.folder.as_str(), to.name.as_str()];
    let text = |text: &Option<String>| text.as_ref().map(|text| tree.renamed(text, &names));
    Change {
        before: text(&change.before),
        after: text(&change.after),
        ..change.clone()
    }
}

/// Plans a change for one version.
fn one(change: &Change, source: &Version, version: &Version) -> Result<Action, Error> {
    let here = read(&version.path, &change.path)?.map(|(text, _)| text);
    let old = match &change.renamed_from {
        Some(old) => read(&version.path, old)?.map(|(text, _)| text),
        None => None,
    };
    let sides = Sides {
        here: &version.folder,
        fix: &source.folder,
    };
    let unresolved = [&here, &old].into_iter().flatten().any(|text| merge::has_conflict(text));
    let (fate, write) = match (here, old) {
        _ if unresolved => {
            let reason = "it still has conflict markers; resolve them, then run again";
            (Fate::ByHand(reason.into()), None)
        }
        (Some(_), Some(_)) => {
            let old = change.renamed_from.as_deref().unwrap_or_default();
            (Fate::ByHand(format!("both {old} and {} are there", change.path)), None)
        }
        (None, None) => absent(change),
        (Some(current), None) => present(change, &current, &sides)?,
        (None, Some(current)) => under_its_old_name(change, &current, &sides)?,
    };
    let moved = matches!(fate, Fate::Renamed)
        || (matches!(fate, Fate::Conflict) && unmoved(change, version));
    let remove = match &fate {
        Fate::Deleted => Some(change.path.clone()),
        _ if moved => change.renamed_from.clone(),
        _ => None,
    };
    Ok(Action {
        version: version.name.clone(),
        folder: version.folder.clone(),
        path: change.path.clone(),
        fate,
        write,
        remove,
    })
}

/// Whether the version still has the file under its old name.
fn unmoved(change: &Change, version: &Version) -> bool {
    change.renamed_from.as_ref().is_some_and(|old| version.path.join(old).is_file())
}

/// The version has no such file.
fn absent(change: &Change) -> (Fate, Option<String>) {
    match (&change.before, &change.after) {
        (None, Some(after)) => (Fate::Copied, Some(after.clone())),
        (Some(_), Some(_)) => (Fate::NotThere, None),
        (_, None) => (Fate::Already, None),
    }
}

/// The version has the file, under the name that it has now.
fn present(change: &Change, current: &str, sides: &Sides) -> Result<(Fate, Option<String>), Error> {
    let before = change.before.as_deref().unwrap_or_default();
    let Some(after) = &change.after else {
        return Ok(if current == before {
            (Fate::Deleted, None)
        } else {
            let reason = "deleted before, but changed by this version's idea";
            (Fate::ByHand(reason.into()), None)
        });
    };
    Ok(match merge::merge(current, before, after, sides)? {
        Merged::Already => (Fate::Already, None),
        Merged::Clean(text) => (Fate::Carried, Some(text)),
        Merged::Conflict(text) => (Fate::Conflict, Some(text)),
    })
}

/// The version has the file, under the name that it had before.
fn under_its_old_name(
    change: &Change,
    current: &str,
    sides: &Sides,
) -> Result<(Fate, Option<String>), Error> {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    Ok(match merge::merge(current, before, after, sides)? {
        // Only the name is new.
        Merged::Already => (Fate::Renamed, Some(current.to_string())),
        Merged::Clean(text) => (Fate::Renamed, Some(text)),
        Merged::Conflict(text) => (Fate::Conflict, Some(text)),
    })
}

/// A file's text with `\n` line ends, and whether it has others on disk; none if there is no file.
pub fn read(folder: &Path, path: &str) -> Result<Option<(String, bool)>, Error> {
    let file = folder.join(path);
    match fs::read_to_string(&file) {
        Ok(text) => {
            let windows = text.contains("\r\n");
            Ok(Some((unix(text), windows)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", &file, error)),
    }
}
