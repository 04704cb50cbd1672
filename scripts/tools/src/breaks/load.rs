//! Finds the files of the breaks, and reads them.

use std::fs;
use std::path::Path;

use crate::breaks::declared::Break;
use crate::breaks::parse;
use lab::error::Error;
use lab::suggest;

/// Where the breaks lie, below the workspace root.
const FOLDER: &str = "scripts/breaks";

/// Reads the text of a break. `name` is the name of its file.
///
/// # Errors
/// It is no TOML, a key is unknown or missing, or a value has the wrong type.
pub fn read(name: &str, text: &str) -> Result<Break, Error> {
    // Texts are looked up in files that are read with `\n`, however git has checked both out.
    parse::parse(name, &text.replace("\r\n", "\n")).map_err(|what| Error::Content {
        place: format!("{FOLDER}/{name}.toml"),
        what,
    })
}

/// All breaks, by name.
///
/// # Errors
/// The folder or a file cannot be read, or a file is no break.
pub fn all(root: &Path) -> Result<Vec<Break>, Error> {
    let folder = root.join(FOLDER);
    let entries = fs::read_dir(&folder).map_err(|error| Error::file("read", &folder, error))?;
    let mut breaks = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text =
                fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
            breaks.push(read(name, &text)?);
        }
    }
    breaks.sort_by(|a, b| (a.since, &a.name).cmp(&(b.since, &b.name)));
    Ok(breaks)
}

/// The break of that name.
///
/// # Errors
/// There is none; the error names the nearest.
pub fn find<'a>(breaks: &'a [Break], typed: &str) -> Result<&'a Break, Error> {
    breaks.iter().find(|known| known.name == typed).ok_or_else(|| {
        let names = || breaks.iter().map(|known| known.name.as_str());
        let mut meant: Vec<&str> = names().filter(|name| name.starts_with(typed)).collect();
        if meant.is_empty() {
            meant.extend(suggest::nearest(typed, names()));
        }
        let meant = match meant.as_slice() {
            [] => String::new(),
            names => format!(" Did you mean {}?", names.join(" or ")),
        };
        Error::request(format!(
            "There is no break `{typed}`.{meant}\n`cargo lab break --list` lists them all."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        guard = "The client compares state."
        lesson = "Compare it."
        section = "RFC 6749 §10.12"
        since = 2
        turns = ["R2.5"]
        [[change]]
        file = "client/callback.rs"
        find = "a == b"
        replace = ""
    "#;

    #[test]
    fn a_break_is_read_and_knows_its_versions() {
        let found = read("no-state", GOOD).expect("good");
        assert_eq!((found.name.as_str(), found.since, found.until), ("no-state", 2, None));
        assert_eq!(found.builds, ["client"]);
        assert!(found.fits(2) && found.fits(6) && !found.fits(1));
        assert!(!found.is_shared() && !found.is_read_at_run_time());
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| read("x", text).expect_err(text).to_string();
        assert!(message("guard = ").starts_with("scripts/breaks/x.toml: "));
        assert!(message(&GOOD.replace("[\"R2.5\"]", "[]")).contains("`turns` must name"));
        assert!(message(&GOOD.replace("since = 2", "")).contains("`since` must be there"));
        assert!(message(&GOOD.replace("client/", "shared/web/")).contains("`builds` must say"));
        assert!(message(&GOOD.replace("lesson", "leson")).contains("Did you mean lesson?"));
        assert!(message(&GOOD.replace("\"a == b\"", "\"\"")).contains("`find` must be there"));
        assert!(
            message(
                &GOOD.replace("\"a == b\"", "\"x\"").replace("replace = \"\"", "replace = \"x\"")
            )
            .contains("the same")
        );
    }
}
