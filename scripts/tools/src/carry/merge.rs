//! One text of a later version, merged three-way with the fix.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::carry::git;
use lab::diff::lines;
use lab::error::Error;

/// What a merge came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// The text has the fix already.
    Already,
    /// The fix fits; this is the text with it.
    Clean(String),
    /// The fix does not fit everywhere; the text has conflict markers.
    Conflict(String),
}

/// The names of the two sides, for conflict markers.
pub struct Sides<'a> {
    /// The later version.
    pub here: &'a str,
    /// The version where the fix was made.
    pub fix: &'a str,
}

/// Merges the change from `before` to `after` into `current`.
///
/// # Errors
/// git or the temporary folder fails.
pub fn merge(current: &str, before: &str, after: &str, sides: &Sides) -> Result<Merged, Error> {
    if current == after {
        return Ok(Merged::Already);
    }
    let merged = three_way(current, before, after, sides)?;
    if let Merged::Clean(text) = &merged {
        return Ok(if text == current {
            Merged::Already
        } else {
            merged
        });
    }
    // A part that was put in by hand would conflict for ever: only what is not there yet is merged.
    let missing = missing(current, before, after);
    if missing == before {
        return Ok(Merged::Already);
    }
    three_way(current, before, &missing, sides)
}

/// `before` with only those parts of the fix that `current` does not have yet.
fn missing(current: &str, before: &str, after: &str) -> String {
    let split = |text: &str| text.lines().map(str::to_string).collect::<Vec<String>>();
    let (current, old, new) = (split(current), split(before), split(after));
    let mut result = Vec::new();
    let mut at = 0;
    for change in lines::changes(&old, &new) {
        result.extend_from_slice(&old[at..change.old_start]);
        let old_end = change.old_start + change.old_count;
        let new_end = change.new_start + change.new_count;
        let added = &new[change.new_start..new_end];
        let removed = &old[change.old_start..old_end];
        // One known line beside the addition tells it from a line that is equal by chance.
        let with_line_above =
            change.new_start > 0 && contains(&current, &new[change.new_start - 1..new_end]);
        let with_line_below =
            new_end < new.len() && contains(&current, &new[change.new_start..=new_end]);
        let is_there = !added.is_empty() && (with_line_above || with_line_below);
        let is_gone = added.is_empty() && !contains(&current, removed);
        result.extend_from_slice(if is_there || is_gone { removed } else { added });
        at = old_end;
    }
    result.extend_from_slice(&old[at..]);
    let end = if before.ends_with('\n') { "\n" } else { "" };
    result.join("\n") + end
}

/// Whether `part` stands in `all` as it is, line after line.
fn contains(all: &[String], part: &[String]) -> bool {
    all.windows(part.len().max(1)).any(|window| window == part)
}

/// `git merge-file`, on copies in a temporary folder.
fn three_way(current: &str, before: &str, after: &str, sides: &Sides) -> Result<Merged, Error> {
    let folder = TemporaryFolder::new()?;
    let put = |name: &str, text: &str| {
        let path = folder.0.join(name);
        fs::write(&path, text).map_err(|error| Error::file("write", &path, error))
    };
    put("current", current)?;
    put("before", before)?;
    put("after", after)?;
    let names = [
        "-L",
        sides.here,
        "-L",
        "before the fix",
        "-L",
        sides.fix,
    ];
    let arguments = [
        &["merge-file", "-p"][..],
        &names[..],
        &["current", "before", "after"][..],
    ]
    .concat();
    let output = git::run(&folder.0, &arguments)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The exit code is the number of conflicts, at most 127; above that, or by signal, it is an error.
    match output.status.code() {
        Some(0) => Ok(Merged::Clean(text)),
        Some(1..=127) => Ok(Merged::Conflict(text)),
        _ => Err(Error::Program(format!(
            "git merge-file failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
    }
}

/// A folder that is gone when we are done with it.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Result<TemporaryFolder, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("lab-carry-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| Error::file("create", &path, error))?;
        Ok(TemporaryFolder(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What is left in the system's temporary folder does no harm.
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}

/// Whether `text` still has a conflict that somebody must resolve.
pub fn has_conflict(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("<<<<<<< "))
        && text.lines().any(|line| line.starts_with(">>>>>>> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: Sides = Sides {
        here: "v03",
        fix: "v02",
    };

    fn merged(current: &str, before: &str, after: &str) -> Merged {
        merge(current, before, after, &SIDES).expect("git works")
    }

    #[test]
    fn a_fix_lands_beside_the_idea() {
        let before = "a\nb\nc\nd\ne\nf\n";
        let after = "a\nB\nc\nd\ne\nf\n";
        let current = "a\nb\nc\nd\ne\nidea\nf\n";
        let fixed = "a\nB\nc\nd\ne\nidea\nf\n";
        assert_eq!(merged(current, before, after), Merged::Clean(fixed.into()));
        assert_eq!(merged(fixed, before, after), Merged::Already);
    }

    #[test]
    fn what_does_not_fit_is_marked() {
        let Merged::Conflict(text) = merged("a\nidea\nc\n", "a\nb\nc\n", "a\nB\nc\n") else {
            panic!("a conflict is wanted");
        };
        assert!(has_conflict(&text), "{text}");
        assert!(text.contains("<<<<<<< v03") && text.contains(">>>>>>> v02"), "{text}");
    }

    #[test]
    fn a_fix_that_was_put_in_by_hand_is_already_there() {
        // Fix and idea at the same place: git cannot know their order, a person did.
        let (before, after) = ("a\nb\n", "a\nfix\nb\n");
        assert!(matches!(merged("a\nidea\nb\n", before, after), Merged::Conflict(_)));
        assert_eq!(merged("a\nfix\nidea\nb\n", before, after), Merged::Already);
        assert_eq!(merged("a\nidea\nfix\nb\n", before, after), Merged::Already);
    }

    #[test]
    fn only_the_missing_part_is_merged() {
        let before = "a\nb\n1\n2\n3\n4\nz\n";
        let after = "a\nfix\nb\n1\n2\n3\n4\nZ\n";
        let current = "a\nfix\nidea\nb\n1\n2\n3\n4\nz\n";
        assert_eq!(
            merged(current, before, after),
            Merged::Clean("a\nfix\nidea\nb\n1\n2\n3\n4\nZ\n".into())
        );
    }
}
