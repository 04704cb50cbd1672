//! What a break says about itself: one file in `scripts/breaks/`.

use lab::error::Error;
use lab::versions::{Version, Versions};

/// One guard taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// What one types: the name of its file.
    pub name: String,
    /// What the guard protects, in one sentence.
    pub guard: String,
    /// What to take from it, in a sentence or two.
    pub lesson: String,
    /// Where the rule stands.
    pub section: String,
    /// The first version that has the guard: 2 for v02.
    pub since: u32,
    /// The last version that has it in this form; none for the newest.
    pub until: Option<u32>,
    /// The parts of the cast whose programs the patch changes: `server`, `client`, …
    pub builds: Vec<String>,
    /// Whether even a user who does nothing wrong notices.
    pub honest_flow_breaks: bool,
    /// Whether it is among those that are shown first.
    pub first: bool,
    /// The checks (`R4.8 a wrong code_verifier`) and attacks (`attack code-replay`) that must turn.
    pub turns: Vec<String>,
    /// What the patch does.
    pub changes: Vec<Change>,
}

/// One place of a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file: below the version's folder, or `shared/…`.
    pub file: String,
    /// The text that stands there exactly once.
    pub find: String,
    /// What stands there afterwards.
    pub replace: String,
}

impl Break {
    /// Whether it belongs to a version of that number.
    pub fn fits(&self, number: u32) -> bool {
        self.since <= number && self.until.is_none_or(|last| number <= last)
    }

    /// The versions that it belongs to, in order.
    pub fn versions<'a>(&self, versions: &'a Versions) -> Vec<&'a Version> {
        versions.all.iter().filter(|version| self.fits(number(version))).collect()
    }

    /// `v02-v06`, or `v03` when it is one.
    pub fn range(&self, versions: &Versions) -> String {
        let fitting = self.versions(versions);
        match (fitting.first(), fitting.last()) {
            (Some(first), Some(last)) if first != last => format!("{}-{}", first.name, last.name),
            (Some(only), _) => only.name.clone(),
            (None, _) => "none".into(),
        }
    }

    /// Whether it protects nobody from an attack: it is something that honest clients and users count on.
    pub fn is_promise(&self) -> bool {
        self.lesson.starts_with("Not a guard")
    }

    /// Whether it changes what both versions and programs share.
    pub fn is_shared(&self) -> bool {
        self.changes.iter().any(|change| change.file.starts_with("shared/"))
    }

    /// Whether it changes a file that is read while the program runs, such as a template.
    pub fn is_read_at_run_time(&self) -> bool {
        self.changes.iter().any(|change| !change.file.ends_with(".rs"))
    }

    /// The newest version that has the guard.
    ///
    /// # Errors
    /// No version has it.
    pub fn newest<'a>(&self, versions: &'a Versions) -> Result<&'a Version, Error> {
        self.versions(versions).pop().ok_or_else(|| {
            Error::request(format!(
                "No version has the guard of `{}`: see `since` and `until`.",
                self.name
            ))
        })
    }
}

/// The number of a version: 3 for `v03`.
pub fn number(version: &Version) -> u32 {
    kit::ladder::number(&version.name).unwrap_or_default().into()
}
