//! The workbench, where a learner writes a step: which one it is, and where. `cargo lab start` makes it.

use std::path::PathBuf;

use crate::error::Error;
use crate::versions::{Version, Versions};
use crate::workbench::state::State;

/// The name that stands in the place of the version's.
pub const NAME: &str = "workbench";

/// A workbench on disk.
pub struct Bench<'a> {
    /// Its folder.
    pub folder: PathBuf,
    /// The version that is to be written.
    pub goal: &'a Version,
    /// What it remembers.
    pub state: State,
}

/// Whether a person who types this means the workbench, and no version.
pub fn is_meant(typed: &str) -> bool {
    typed.trim_end_matches(['/', '\\']) == NAME
}

/// Where the workbench of a workspace is.
pub fn folder(versions: &Versions) -> PathBuf {
    versions.root.join(NAME)
}

/// Opens the workbench.
///
/// # Errors
/// There is none, or it is for a version that does not exist.
pub fn open(versions: &Versions) -> Result<Bench<'_>, Error> {
    let folder = folder(versions);
    let Some(state) = State::read(&folder) else {
        return Err(Error::request("There is no workbench yet. Make one: cargo lab start v02"));
    };
    let goal = versions.find(&state.goal)?;
    Ok(Bench {
        folder,
        goal,
        state,
    })
}
