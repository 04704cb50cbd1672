//! Nothing is renamed, moved or taken away between two versions, unless the newer one declares it.

use std::collections::BTreeSet;

use crate::golden::Problem;
use lab::diff::kind::Kind;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::suggest;
use lab::versions::Version;

/// A named thing in the code: a file, what it is (`fn`, `struct`), its name.
type Item = (String, &'static str, String);

/// What the newer version has lost without saying so.
///
/// # Errors
/// A file cannot be read, or the newer version's declaration is none.
pub fn problems(old: &Version, new: &Version) -> Result<Vec<Problem>, Error> {
    let removes = new.declaration()?.removes;
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    Ok(compare(&format!("{} -> {}", old.name, new.name), &before, &after, &removes))
}

fn compare(place: &str, before: &Tree, after: &Tree, removes: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let meant = |name: &str| removes.iter().any(|removed| removed == name);
    let counts = |path: &&String| !matches!(Kind::of(path), Kind::Text | Kind::Declaration);
    for path in before.files.keys().filter(counts).filter(|path| !after.files.contains_key(*path)) {
        if !meant(path) {
            problems.push(Problem::new(
                place,
                format!("the file {path} is gone or renamed."),
                cure(path),
            ));
        }
    }
    let (old_items, new_items) = (items(before), items(after));
    let fresh: Vec<&Item> = new_items.difference(&old_items).collect();
    for item in old_items.difference(&new_items) {
        let (path, kind, name) = item;
        if meant(name) || meant(path) || !after.files.contains_key(path) {
            continue;
        }
        let what = format!("`{kind} {name}` in {path} is gone{}", where_to(item, &fresh));
        problems.push(Problem::new(place, what, cure(name)));
    }
    problems
}

fn cure(name: &str) -> String {
    format!(
        "Give it in the older version the name and place that it has in the newer one, so that the step only adds. \
         If its end is part of the idea, list it in the newer rung.toml: removes = [\"{name}\"]"
    )
}

/// Where the item has probably gone: another file, or another name in the same file.
fn where_to((path, kind, name): &Item, fresh: &[&Item]) -> String {
    let same_name = fresh.iter().find(|(_, other, new)| other == kind && new == name);
    let same_file = fresh.iter().filter(|(file, other, _)| file == path && other == kind);
    match (same_name, suggest::nearest(name, same_file.map(|(_, _, new)| new.as_str()))) {
        (Some((file, _, _)), _) => format!(": moved to {file}."),
        (None, Some(other)) => format!(": renamed to `{other}`?"),
        (None, None) => ".".into(),
    }
}

/// The named things of all code files. Line by line is enough: rustfmt puts each at the start of a line.
fn items(tree: &Tree) -> BTreeSet<Item> {
    let code = tree.files.iter().filter(|(path, _)| Kind::of(path) == Kind::Code);
    code.flat_map(|(path, text)| {
        text.lines()
            .filter_map(item)
            .map(|(kind, name)| (path.clone(), kind, name.to_string()))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// The thing that a line begins, if it begins one: `pub async fn get(` is (`fn`, `get`).
fn item(line: &str) -> Option<(&'static str, &str)> {
    const KINDS: [&str; 8] = [
        "fn", "struct", "enum", "trait", "type", "const", "static", "mod",
    ];
    let mut words = line.split_whitespace().peekable();
    while words
        .next_if(|word| word.starts_with("pub") || *word == "async" || *word == "unsafe")
        .is_some()
    {}
    let kind = words.next()?;
    let kind = KINDS.into_iter().find(|known| *known == kind)?;
    let rest = words.next()?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 0).then(|| (kind, &rest[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
        Tree {
            files,
            ..Tree::default()
        }
    }

    #[test]
    fn items_are_recognised() {
        assert_eq!(item("pub async fn get(State(app): State<App>) {"), Some(("fn", "get")));
        assert_eq!(item("    pub(crate) const LIFE: u64 = 1;"), Some(("const", "LIFE")));
        assert_eq!(item("struct Code<'a> {"), Some(("struct", "Code")));
        assert_eq!(item("let fn_name = 1;"), None);
        assert_eq!(item("// fn in a comment"), None);
    }

    #[test]
    fn what_is_renamed_moved_or_removed_is_told_apart() {
        let old = tree(&[
            ("server/a.rs", "fn check_code() {}\nfn other() {}\nfn gone() {}\n"),
            ("server/b.rs", "fn stays() {}\n"),
            ("server/c.rs", "fn in_c() {}\n"),
        ]);
        let new = tree(&[
            ("server/a.rs", "fn check_codes() {}\n"),
            ("server/b.rs", "fn stays() {}\nfn other() {}\n"),
        ]);
        let found: Vec<_> =
            compare("s", &old, &new, &[]).into_iter().map(|problem| problem.what).collect();
        assert_eq!(
            found,
            [
                "the file server/c.rs is gone or renamed.",
                "`fn check_code` in server/a.rs is gone: renamed to `check_codes`?",
                "`fn gone` in server/a.rs is gone.",
                "`fn other` in server/a.rs is gone: moved to server/b.rs.",
            ]
        );
        let declared = [
            "server/c.rs",
            "check_code",
            "gone",
            "other",
        ]
        .map(String::from);
        assert_eq!(compare("s", &old, &new, &declared), []);
    }
}
