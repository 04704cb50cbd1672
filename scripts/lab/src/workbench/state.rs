//! What a workbench remembers about itself: the file `.lab` in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::error::Error;

/// The file's name. It begins with a dot, so that no diff and no listing shows it.
const FILE: &str = ".lab";

/// What a workbench remembers about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The version that is to be written, as in `v03`.
    pub goal: String,
    /// Which of its hints have been opened, counted from 0.
    pub hints: BTreeSet<usize>,
    /// The rule that was open when the checks ran last: `R3.1`.
    pub open: Option<String>,
}

impl State {
    /// Reads it; none if the folder is no workbench of ours.
    pub fn read(folder: &Path) -> Option<State> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        let value =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" ="));
        let hints = value("hints").unwrap_or_default().split_whitespace();
        Some(State {
            goal: value("goal")?.trim().to_string(),
            hints: hints.filter_map(|hint| hint.parse().ok()).collect(),
            open: value("open").map(|rule| rule.trim().to_string()).filter(|rule| !rule.is_empty()),
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(FILE);
        let hints: Vec<String> = self.hints.iter().map(usize::to_string).collect();
        let open = self.open.as_deref().unwrap_or_default();
        let text = format!("goal = {}\nhints = {}\nopen = {open}\n", self.goal, hints.join(" "));
        fs::write(&path, text).map_err(|error| Error::file("write", &path, error))
    }
}
