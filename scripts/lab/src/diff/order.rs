//! The order in which a step is read: the order in which its story goes, not the alphabet.

use crate::declaration::{Part, Told};
use crate::diff::kind::Kind;

/// Where `parts` tell of the file at `path`: the number of the part, and of the file in it. A template that is not
/// named is told with the handler of the same name.
///
/// A file that is named more than once counts where it is named first.
pub fn place(path: &str, parts: &[Part]) -> Option<(usize, usize)> {
    let named = |wanted: &str| {
        let is_it = |told: &Told| told.path == wanted;
        let find = |part: &Part| part.files.iter().position(is_it);
        parts.iter().enumerate().find_map(|(number, part)| Some((number, find(part)?)))
    };
    named(path).or_else(|| named(&handler_of(path)?))
}

/// What sorts `path` into the story: files that `parts` tell of come first, in that order. Then the rest: client before
/// server (the client asks first), tests, text, `Cargo.toml`.
pub fn rank(path: &str, parts: &[Part]) -> (usize, usize, usize, String) {
    let (part, file) = place(path, parts).unwrap_or((parts.len(), 0));
    let group = match Kind::of(path) {
        Kind::Code => 0,
        Kind::Templates => 1,
        Kind::Tests => 4,
        Kind::Text | Kind::Declaration => 5,
        Kind::Manifest => 6,
    };
    // Outside of the parts the server's files stand behind the client's with their templates.
    let side = if part == parts.len() && group < 2 && path.starts_with("server/") {
        2
    } else {
        0
    };
    (part, file, group + side, path.to_string())
}

/// The Rust file that fills the template at `path`: `server/login.rs` for `server/templates/login.html`.
fn handler_of(path: &str) -> Option<String> {
    let stem = path.strip_suffix(".html")?;
    Some(format!("{}.rs", stem.replace("/templates/", "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_comes_first_and_the_manifest_last() {
        let part = |path: &str| Part {
            files: vec![Told {
                path: path.into(),
                ..Told::default()
            }],
            ..Part::default()
        };
        let parts = [
            part("client/start.rs"),
            part("server/authorize.rs"),
        ];
        let mut files = [
            "Cargo.toml",
            "README.md",
            "client/home.rs",
            "client/start.rs",
            "client/templates/start.html",
            "server/authorize.rs",
            "server/store.rs",
            "tests/checks.rs",
        ];
        files.sort_by_key(|path| rank(path, &parts));
        assert_eq!(
            files,
            [
                "client/start.rs",
                "client/templates/start.html",
                "server/authorize.rs",
                "client/home.rs",
                "server/store.rs",
                "tests/checks.rs",
                "README.md",
                "Cargo.toml",
            ]
        );
    }
}
