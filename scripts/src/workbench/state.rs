//! Which step a workbench is for, and how many hints have been opened: the file `.lab` in it.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// The file's name. It begins with a dot, so that no diff and no listing shows it.
const FILE: &str = ".lab";

/// What a workbench remembers about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The version that is to be written, as in `v03`.
    pub goal: String,
    /// How many of its hints have been opened.
    pub hints: usize,
}

impl State {
    /// Reads it; none if the folder is no workbench of ours.
    pub fn read(folder: &Path) -> Option<State> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        let value =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        Some(State {
            goal: value("goal")?.to_string(),
            hints: value("hints")?.parse().ok()?,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(FILE);
        let text = format!("goal = {}\nhints = {}\n", self.goal, self.hints);
        fs::write(&path, text).map_err(|error| Error::file("write", &path, error))
    }
}
