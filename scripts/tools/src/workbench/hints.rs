//! The hints of a version: the file `hints.md` in its folder, one hint under each `## ` heading. A line
//! `<!-- rules: R2.4, R2.5 -->` says which rules it helps with.

use std::fs;

use lab::error::Error;
use lab::versions::Version;

/// One hint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The rules that it helps with: `R2.5`.
    pub rules: Vec<String>,
}

impl Hint {
    /// Does it help with this rule?
    pub fn is_about(&self, rule: &str) -> bool {
        self.rules.iter().any(|own| own.eq_ignore_ascii_case(rule))
    }
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
                ..Hint::default()
            }),
            (None, Some(hint)) if line.starts_with("<!-- rules:") => {
                let rules = line.trim_start_matches("<!-- rules:").trim_end_matches("-->");
                hint.rules = rules.split(',').map(|rule| rule.trim().to_string()).collect();
            }
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
        let hints = parse(
            "# Hints\n\nintro\n\n## One\n<!-- rules: R2.4, R2.5 -->\n\nfirst\nline\n\n## Two\n```rust\nlet x;\n```\n",
        );
        assert_eq!(hints.len(), 2);
        assert_eq!((hints[0].title.as_str(), hints[0].text.as_str()), ("One", "first\nline"));
        assert!(hints[0].is_about("r2.5") && !hints[0].is_about("R2") && hints[1].rules.is_empty());
        assert_eq!(hints[1].text, "```rust\nlet x;\n```");
    }
}
