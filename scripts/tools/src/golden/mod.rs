//! The golden rule of the ladder: neighbours differ by the declared idea and by nothing else.
//!
//! # Layout
//! - [`size`]: how large each step and each part is, and the budgets that they declare.
//! - [`parts`]: the parts of a step tell of each file that it changes.
//! - [`renames`]: nothing is renamed, moved or taken away.
//! - [`words`]: no version's code speaks of another version.
//! - [`pages`]: READMEs say what the declarations say.

pub mod pages;
pub mod parts;
pub mod renames;
pub mod size;
pub mod words;

use std::fmt;

use lab::error::Error;
use lab::kept_diffs;
use lab::versions::Versions;

/// One place where the ladder breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The step or the file, as in `v02 -> v03` or `README.md`.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What a contributor does about it.
    pub next: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(
        place: impl Into<String>,
        what: impl Into<String>,
        next: impl Into<String>,
    ) -> Problem {
        Problem {
            place: place.into(),
            what: what.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  Next: {}", self.place, self.what, self.next)
    }
}

/// Everything that is wrong with the ladder; empty when the golden rule holds.
///
/// # Errors
/// A file of the versions or their documents cannot be read, or a declaration is no declaration.
pub fn problems(versions: &Versions) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for (old, new) in versions.neighbours() {
        problems.extend(size::problems(&size::measure(old, new)?));
        problems.extend(renames::problems(old, new)?);
    }
    for version in &versions.all {
        problems.extend(parts::problems(versions.before(version), version)?);
        problems.extend(words::problems(version)?);
    }
    problems.extend(pages::problems(versions)?);
    let stale = kept_diffs::stale(versions)?;
    problems
        .extend(stale.into_iter().map(|stale| Problem::new(stale.file, stale.what, stale.next)));
    Ok(problems)
}
