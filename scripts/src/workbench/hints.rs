//! The hints of a version: the file `hints.md` in its folder, one hint under each `## ` heading.

use std::fs;

use crate::error::Error;
use crate::versions::Version;

/// One hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// The hints of `version`, from the first push to the last.
///
/// # Errors
/// The file cannot be read.
pub fn of(version: &Version) -> Result<Vec<Hint>, Error> {
    let path = version.path.join("hints.md");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::file("read", &path, error)),
    }
}

fn parse(text: &str) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("## "), hints.last_mut()) {
            (Some(title), _) => hints.push(Hint {
                title: title.trim().into(),
                text: String::new(),
            }),
            (None, Some(hint)) => {
                hint.text.push_str(line);
                hint.text.push('\n');
            }
            // What stands before the first heading is for whoever opens the file.
            (None, None) => {}
        }
    }
    for hint in &mut hints {
        hint.text = hint.text.trim().to_string();
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_stand_under_their_headings() {
        let hints =
            parse("# Hints\n\nintro\n\n## One\n\nfirst\nline\n\n## Two\n```rust\nlet x;\n```\n");
        assert_eq!(hints.len(), 2);
        assert_eq!((hints[0].title.as_str(), hints[0].text.as_str()), ("One", "first\nline"));
        assert_eq!(hints[1].text, "```rust\nlet x;\n```");
    }
}
