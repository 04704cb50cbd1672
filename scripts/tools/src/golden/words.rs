//! No version's code, template or test speaks of another version.
//!
//! A version number that stands in the code must be changed in every step, and a comment about an earlier
//! version is wrong as soon as a reader starts here. Names come from the package; history is in the diff.

use crate::golden::Problem;
use lab::diff::kind::Kind;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Version;

/// Words by which a text speaks of the version before it.
const EARLIER: [&str; 9] = [
    "previous version",
    "previous rung",
    "previous step",
    "earlier version",
    "earlier rung",
    "last version",
    "last rung",
    "version before this",
    "rung before this",
];

/// Every place in `version` that names a version.
///
/// # Errors
/// A file cannot be read.
pub fn problems(version: &Version) -> Result<Vec<Problem>, Error> {
    let tree = Tree::of_version(version)?;
    let quiet = |path: &str| matches!(Kind::of(path), Kind::Code | Kind::Templates | Kind::Tests);
    let mut problems = Vec::new();
    for (path, text) in tree.files.iter().filter(|(path, _)| quiet(path)) {
        for (index, line) in text.lines().enumerate() {
            let place = format!("versions/{}/{path}:{}", version.folder, index + 1);
            if let Some(name) = version_number(line) {
                let what = format!("names the version {name}.");
                problems.push(Problem::new(
                    place,
                    what,
                    "Take the name from the package (CARGO_PKG_NAME), or say what is meant.",
                ));
            } else if let Some(words) =
                EARLIER.iter().find(|words| line.to_lowercase().contains(**words))
            {
                let what = format!("speaks of another version (\"{words}\").");
                problems.push(Problem::new(
                    place,
                    what,
                    "Say what is so here; the README and the diff tell what was before.",
                ));
            }
        }
    }
    Ok(problems)
}

/// A version's name (`v03`) that stands as a word in `line`.
fn version_number(line: &str) -> Option<&str> {
    let part_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = line.as_bytes();
    (0..bytes.len().saturating_sub(2)).find_map(|at| {
        let is_name =
            bytes[at] == b'v' && bytes[at + 1].is_ascii_digit() && bytes[at + 2].is_ascii_digit();
        let begins = at == 0 || !part_of_word(&bytes[at - 1]);
        let ends = !bytes.get(at + 3).is_some_and(part_of_word);
        (is_name && begins && ends).then(|| &line[at..at + 3])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_numbers_are_found_as_words_only() {
        assert_eq!(version_number("// since v03 it is"), Some("v03"));
        assert_eq!(version_number("cargo run --bin v02-server"), Some("v02"));
        for innocent in [
            "rev03", "v030", "v3", "/v1/", "v03_x", "", "v0", "é v0",
        ] {
            assert_eq!(version_number(innocent), None, "{innocent}");
        }
    }
}
