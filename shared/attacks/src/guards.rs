//! Finds the line that stops an attack, in the source of the version that runs.

use std::fs;
use std::path::Path;

use crate::attack::Guard;
use kit::ladder::folder;

/// Where a guard stands today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, seen from the workspace's root.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

/// Looks up a guard in the source of a version.
///
/// # Errors
/// The file cannot be read, or its text stands there not once.
pub fn locate(root: &Path, version: u8, guard: &Guard) -> Result<Place, String> {
    let file = match guard.file.strip_prefix("shared/") {
        Some(_) => guard.file.to_owned(),
        None => format!("versions/{}/{}", folder(version), guard.file),
    };
    let source =
        fs::read_to_string(root.join(&file)).map_err(|trouble| format!("{file}: {trouble}"))?;
    let mut found = source.lines().enumerate().filter(|(_, text)| text.contains(guard.anchor));
    match (found.next(), found.next()) {
        (Some((index, text)), None) => Ok(Place {
            file,
            line: index + 1,
            text: text.trim().to_owned(),
        }),
        (None, _) => Err(format!("{file}: `{}` stands in no line", guard.anchor)),
        (Some(_), Some(_)) => Err(format!("{file}: `{}` stands in several lines", guard.anchor)),
    }
}
