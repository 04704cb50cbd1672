//! The step from one version to another: every file that differs, in reading order.

use std::collections::BTreeSet;

use crate::declaration::Part;
use crate::diff::kind::Kind;
use crate::diff::lines::Change;
use crate::diff::rust::Line;
use crate::diff::tree::Tree;
use crate::diff::{lines, order, rust};

/// What happened to a file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It exists on both sides.
    Changed,
    /// Only the newer side has it.
    Added,
    /// Only the older side has it.
    Removed,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Its path below the version, with `/` between its parts.
    pub path: String,
    /// What it is to a reader.
    pub kind: Kind,
    /// The number of the part that tells of it, from 0; none if no part does.
    pub part: Option<usize>,
    /// What is said about it.
    pub says: Option<String>,
    /// Whether it is new, gone or changed.
    pub fate: Fate,
    /// Its old lines.
    pub old: Vec<String>,
    /// Its new lines.
    pub new: Vec<String>,
    /// Where they differ.
    pub changes: Vec<Change>,
}

impl FileDiff {
    /// What each of its lines is, the old ones and the new ones. In a file that is not Rust all are code.
    pub fn lines(&self) -> (Vec<Line>, Vec<Line>) {
        let classify = |lines: &[String]| match self.path.ends_with(".rs") {
            true => rust::classify(lines),
            false => vec![Line::Code; lines.len()],
        };
        (classify(&self.old), classify(&self.new))
    }

    /// Its changes in groups that are shown together, because at most `context` lines lie around each.
    pub fn hunks(&self, context: usize) -> Vec<&[Change]> {
        let near =
            |a: &Change, b: &Change| b.old_start - (a.old_start + a.old_count) <= 2 * context;
        self.changes.chunk_by(near).collect()
    }
}

/// The step from one version to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The older side's name.
    pub from: String,
    /// The newer side's name.
    pub to: String,
    /// The parts in which it is told.
    pub parts: Vec<Part>,
    /// The files that differ, in reading order.
    pub files: Vec<FileDiff>,
}

impl Step {
    /// Compares two folders. `parts` are the newer one's; `wanted` says which kinds of files count.
    pub fn between(old: &Tree, new: &Tree, parts: &[Part], wanted: impl Fn(Kind) -> bool) -> Step {
        let paths: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
        let mut files: Vec<FileDiff> = paths
            .into_iter()
            .filter(|path| wanted(Kind::of(path)))
            .filter_map(|path| file(path, old, new, parts))
            .collect();
        files.sort_by_cached_key(|file| order::rank(&file.path, parts));
        Step {
            from: old.label.clone(),
            to: new.label.clone(),
            parts: parts.to_vec(),
            files,
        }
    }

    /// The files part by part, each part with its number (from 1) and its own; those of no part come last.
    pub fn told(&self) -> impl Iterator<Item = (Option<(usize, &Part)>, &[FileDiff])> {
        self.files.chunk_by(|a, b| a.part == b.part).map(|files| {
            let part = files[0].part;
            (part.map(|index| (index + 1, &self.parts[index])), files)
        })
    }
}

/// Compares one file; none if it does not differ.
fn file(path: &str, old: &Tree, new: &Tree, parts: &[Part]) -> Option<FileDiff> {
    let (before, after) = (old.files.get(path), new.files.get(path));
    let split = |text: Option<&String>| {
        text.map_or(Vec::new(), |text| text.lines().map(str::to_string).collect())
    };
    let (old_lines, new_lines): (Vec<String>, Vec<String>) = (split(before), split(after));
    let neutral = |tree: &Tree, lines: &[String]| {
        lines.iter().map(|line| tree.neutral(line)).collect::<Vec<_>>()
    };
    let changes = lines::changes(&neutral(old, &old_lines), &neutral(new, &new_lines));
    let fate = match (before, after) {
        (None, _) => Fate::Added,
        (_, None) => Fate::Removed,
        _ if changes.is_empty() => return None,
        _ => Fate::Changed,
    };
    let place = order::place(path, parts);
    // A template that follows its handler has no sentence of its own.
    let told = place.map(|(part, file)| &parts[part].files[file]).filter(|told| told.path == path);
    Some(FileDiff {
        path: path.into(),
        kind: Kind::of(path),
        part: place.map(|(part, _)| part),
        says: told.map(|told| told.says.clone()),
        fate,
        old: old_lines,
        new: new_lines,
        changes,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::declaration::Told;

    /// Two small versions: one line changed, one added, one file new, names that do not count.
    pub(crate) fn example() -> Step {
        let tree = |name: &str, files: &[(&str, &str)]| Tree {
            label: format!("{name}-x"),
            names: vec![format!("{name}-x"), name.into()],
            files: files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect(),
        };
        let old = tree(
            "v02",
            &[
                ("Cargo.toml", "name = \"v02\"\n"),
                ("client/start.rs", "fn a() {}\nlet url = query(state);\nend\n"),
            ],
        );
        let new = tree(
            "v03",
            &[
                ("Cargo.toml", "name = \"v03\"\n"),
                ("client/start.rs", "fn a() {}\nlet url = query(state, challenge);\nend\nmore\n"),
                ("client/pkce.rs", "use a::B;\nuse a::C;\n\nfn verifier() {}\n"),
            ],
        );
        let told = Told {
            path: "client/pkce.rs".into(),
            says: "The secret and its hash.".into(),
        };
        let part = Part {
            title: "The secret".into(),
            sentence: "It is made before the code.".into(),
            budget: None,
            files: vec![told],
        };
        Step::between(&old, &new, &[part], |_| true)
    }

    #[test]
    fn names_do_not_count_and_the_order_is_the_storys() {
        let step = example();
        let paths: Vec<_> = step.files.iter().map(|file| (file.path.as_str(), file.fate)).collect();
        assert_eq!(
            paths,
            [
                ("client/pkce.rs", Fate::Added),
                ("client/start.rs", Fate::Changed)
            ]
        );
        let told: Vec<_> = step
            .told()
            .map(|(part, files)| (part.map(|(number, _)| number), files.len()))
            .collect();
        assert_eq!(told, [(Some(1), 1), (None, 1)]);
        assert_eq!(step.files[1].hunks(3).len(), 1);
        assert_eq!(step.files[1].hunks(0).len(), 2);
    }
}
