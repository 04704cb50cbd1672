//! The path of the project: cargo takes some characters in it for a pattern.

use std::path::Path;

use crate::doctor::Finding;

/// Says so where cargo cannot load the workspace from `root`, or might load another one.
pub fn look(root: &Path) -> Option<Finding> {
    let path = root.display().to_string();
    if !is_pattern(&path) {
        return Some(Finding::trouble(
            format!(
                "cargo cannot load a workspace from {path}: it takes `[` and `**` for patterns."
            ),
            "Rename the folder: no `[` without its `]`, and no two stars.",
        ));
    }
    let stands_for_more = path.contains(['[', '*', '?']) && !cfg!(windows);
    stands_for_more.then(|| {
        Finding::note(
            format!("cargo takes [, * and ? for patterns, and the path has one: {path}"),
            "Nothing to do, unless a folder beside it fits the pattern: cargo would then look there.",
        )
    })
}

/// Whether `path` is a pattern as cargo reads it. Each `[` has its `]` behind at least one character, and two stars
/// stand alone between slashes.
fn is_pattern(path: &str) -> bool {
    let characters: Vec<char> = path.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        match characters[at] {
            '[' => {
                let first = at + 1 + usize::from(characters.get(at + 1) == Some(&'!'));
                let behind = characters.iter().skip(first + 1).position(|c| *c == ']');
                match behind {
                    Some(length) => at = first + 1 + length,
                    None => return false,
                }
            }
            '*' => {
                let stars = characters[at..].iter().take_while(|c| **c == '*').count();
                let alone = |c: Option<&char>| c.is_none_or(|c| std::path::is_separator(*c));
                let before = at.checked_sub(1).and_then(|before| characters.get(before));
                let fits = alone(before) && alone(characters.get(at + stars));
                if stars > 2 || (stars == 2 && !fits) {
                    return false;
                }
                at += stars - 1;
            }
            _ => {}
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn paths_that_cargo_cannot_load_are_told() {
        for path in [
            "/home/x [1",
            "/a/[",
            "/a/[]",
            "/a/[!]",
            "/a/[!",
            "/a]/[b",
            "/a/[b]/[c",
            "/a/b**",
            "/a/***/b",
        ] {
            assert_eq!(
                look(Path::new(path)).map(|finding| finding.level),
                Some(Level::Trouble),
                "{path}"
            );
        }
    }

    #[test]
    fn paths_that_stand_for_more_than_one_are_noted_and_plain_ones_are_quiet() {
        if !cfg!(windows) {
            for path in [
                "/home/x [1]",
                "/a/[b/c]",
                "/a/[]]",
                "/a/what?",
                "/a/*",
            ] {
                assert_eq!(
                    look(Path::new(path)).map(|finding| finding.level),
                    Some(Level::Note),
                    "{path}"
                );
            }
        }
        for path in [
            "/home/x (1)",
            "/home/x ]",
            "/home/ä ö/{a}",
        ] {
            assert_eq!(look(Path::new(path)), None, "{path}");
        }
    }
}
