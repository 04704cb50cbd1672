//! The files that a break changes, before and after.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::breaks::declared::Break;
use lab::diff::step::Step;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Version;

/// One file with a break in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patched {
    /// Its path below the workspace root, with `/` between its parts.
    pub path: String,
    /// Its text in the version.
    pub before: String,
    /// Its text with the guard taken out.
    pub after: String,
}

/// Applies a break to a version of the workspace `root`, in memory.
///
/// # Errors
/// A file cannot be read, or the text to be replaced does not stand in it exactly once.
pub fn apply(root: &Path, version: &Version, broken: &Break) -> Result<Vec<Patched>, Error> {
    let mut files: BTreeMap<String, Patched> = BTreeMap::new();
    for change in &broken.changes {
        let path = match change.file.starts_with("shared/") {
            true => change.file.clone(),
            false => format!("versions/{}/{}", version.folder, change.file),
        };
        if !files.contains_key(&path) {
            let before = read(&root.join(&path))?;
            let after = before.clone();
            let file = Patched {
                path: path.clone(),
                before,
                after,
            };
            files.insert(path.clone(), file);
        }
        let Some(file) = files.get_mut(&path) else {
            continue;
        };
        file.after = replace_once(&file.after, &change.find, &change.replace).map_err(|count| {
            Error::Content {
                place: format!("scripts/breaks/{}.toml", broken.name),
                what: format!(
                    "this text stands {count} times in {path}, and it must stand there once:\n{}\n\
                     The file has changed: write the text of today into `find`, or end the break with `until`.",
                    change.find
                ),
            }
        })?;
    }
    Ok(files.into_values().collect())
}

/// The patch as a step from the version to the broken one, to be shown like any other.
pub fn step(version: &Version, broken: &Break, files: &[Patched]) -> Step {
    let tree = |label: String, text: fn(&Patched) -> &String| Tree {
        label,
        names: Vec::new(),
        files: files.iter().map(|file| (file.path.clone(), text(file).clone())).collect(),
    };
    let old = tree(version.name.clone(), |file| &file.before);
    let new = tree(broken.name.clone(), |file| &file.after);
    Step::between(&old, &new, &[], |_| true)
}

/// Text files are compared and patched with `\n`, however git has checked them out.
fn read(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::file("read", path, error))?;
    Ok(text.replace("\r\n", "\n"))
}

/// The text with `find` replaced. The error says how often it stands there.
fn replace_once(text: &str, find: &str, replace: &str) -> Result<String, usize> {
    match text.matches(find).count() {
        1 => Ok(text.replacen(find, replace, 1)),
        count => Err(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_replaced_only_where_it_stands_once() {
        assert_eq!(replace_once("a b c", "b", "x").as_deref(), Ok("a x c"));
        assert_eq!(replace_once("a b b", "b", "x"), Err(2));
        assert_eq!(replace_once("a", "b", "x"), Err(0));
    }
}
