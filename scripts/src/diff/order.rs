//! The order in which a step is read: the order in which its story goes, not the alphabet.

use crate::diff::kind::Kind;

/// The place of `path` in the story. `declared` is the reading order of the newer version.
///
/// Files that are named come first, in that order, and a template that is not named follows the handler
/// of the same name. Then the rest: client before server (the client asks first), tests, text, `Cargo.toml`.
pub fn rank(path: &str, declared: &[String]) -> (usize, usize, usize, String) {
    let named = |wanted: &str| declared.iter().position(|declared| declared == wanted);
    let kind = Kind::of(path);
    let (place, follows) = match (named(path), handler_of(path).and_then(|handler| named(&handler)))
    {
        (Some(place), _) => (place, 0),
        (None, Some(place)) => (place, 1),
        (None, None) => (declared.len(), 0),
    };
    let group = match kind {
        Kind::Code | Kind::Templates if !path.starts_with("server/") => 0,
        Kind::Code | Kind::Templates => 1,
        Kind::Tests => 2,
        Kind::Text | Kind::Declaration => 3,
        Kind::Manifest => 4,
    };
    (place, follows, group, path.to_string())
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
        let declared = [
            "client/start.rs".to_string(),
            "server/authorize.rs".to_string(),
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
        files.sort_by_key(|path| rank(path, &declared));
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
