//! What has changed in the version where the fix was made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::carry::git;
use lab::diff::kind::Kind;
use lab::error::Error;
use lab::versions::Version;
use similar::TextDiff;

/// One file that has changed. Its text has `\n` line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is now, below its version; for a deleted file, where it was.
    pub path: String,
    /// Where it was, if it was renamed.
    pub renamed_from: Option<String>,
    /// Its text before; none for a new file.
    pub before: Option<String>,
    /// Its text now; none for a deleted file.
    pub after: Option<String>,
}

/// Everything that has changed in a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What is carried: code, templates, tests, the manifest.
    pub carried: Vec<Change>,
    /// Changed pages of the version itself. Every version has another one, so they stay.
    pub pages: Vec<String>,
}

/// A deleted and a new file are taken for one renamed file when this share of their lines is common.
const SAME_FILE: f32 = 0.5;

/// What has changed in `version` since `revision`, uncommitted changes and new files included.
///
/// # Errors
/// git fails, or a file cannot be read as text.
pub fn since(root: &Path, version: &Version, revision: &str) -> Result<Changes, Error> {
    let folder = format!("versions/{}", version.folder);
    let mut before = BTreeMap::new();
    for path in git::files_at(root, revision, &folder)? {
        let text = unix(git::text_at(root, revision, &format!("{folder}/{path}"))?);
        before.insert(path, text);
    }
    let mut after = BTreeMap::new();
    for path in git::files_now(root, &folder)? {
        let file = version.path.join(&path);
        let text = fs::read_to_string(&file).map_err(|error| Error::file("read", &file, error))?;
        after.insert(path, unix(text));
    }
    let own = |path: &String| matches!(Kind::of(path), Kind::Declaration | Kind::Text);
    let changed = |path: &&String| before.get(*path) != after.get(*path);
    let pages = before.keys().filter(|path| own(path)).filter(changed).cloned().collect();
    before.retain(|path, _| !own(path));
    after.retain(|path, _| !own(path));
    Ok(Changes {
        carried: compare(&before, &after),
        pages,
    })
}

/// `text` with `\n` line ends: git on Windows may check files out with others.
pub fn unix(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n")
    } else {
        text
    }
}

/// What differs between two sets of files.
fn compare(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Change> {
    let mut deleted: BTreeMap<_, _> =
        before.iter().filter(|(path, _)| !after.contains_key(*path)).collect();
    let mut changes = Vec::new();
    for (path, text) in after {
        let was = match before.get(path) {
            Some(was) if was == text => continue,
            Some(was) => Some((None, was)),
            None => renamed(&mut deleted, text).map(|(from, was)| (Some(from.clone()), was)),
        };
        let (renamed_from, before) =
            was.map_or((None, None), |(from, was)| (from, Some(was.clone())));
        changes.push(Change {
            path: path.clone(),
            renamed_from,
            before,
            after: Some(text.clone()),
        });
    }
    changes.extend(deleted.into_iter().map(|(path, text)| Change {
        path: path.clone(),
        renamed_from: None,
        before: Some(text.clone()),
        after: None,
    }));
    changes
}

/// The deleted file that `text` most likely was, taken out of `deleted`.
fn renamed<'a>(
    deleted: &mut BTreeMap<&'a String, &'a String>,
    text: &str,
) -> Option<(&'a String, &'a String)> {
    let likeness = |was: &str| TextDiff::from_lines(was, text).ratio();
    let scored = deleted.iter().map(|(path, was)| (likeness(was), *path, *was));
    let best = scored
        .filter(|(score, _, _)| *score >= SAME_FILE)
        .max_by(|(a, _, _), (b, _, _)| a.total_cmp(b));
    let (_, path, was) = best?;
    deleted.remove(path);
    Some((path, was))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
    }

    #[test]
    fn each_way_to_change_is_told_apart() {
        let before = files(&[
            ("same", "s\n"),
            ("edited", "a\n"),
            ("old", "1\n2\n3\n"),
            ("gone", "unlike\n"),
        ]);
        let after = files(&[
            ("same", "s\n"),
            ("edited", "b\n"),
            ("new-name", "1\n2\n3\n4\n"),
            ("fresh", "other\n"),
        ]);
        let found: Vec<_> = compare(&before, &after)
            .into_iter()
            .map(|c| (c.path, c.renamed_from, c.before.is_some(), c.after.is_some()))
            .collect();
        let text = |text: &str| text.to_string();
        assert_eq!(
            found,
            [
                (text("edited"), None, true, true),
                (text("fresh"), None, false, true),
                (text("new-name"), Some(text("old")), true, true),
                (text("gone"), None, true, false),
            ]
        );
    }
}
