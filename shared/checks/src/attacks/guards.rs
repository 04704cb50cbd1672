//! Finds the line that stops an attack, in the source of the version that runs.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::attacks::attack::Guard;

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

/// The root of the workspace that this program was built from.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The folder of a version, below the workspace's root: `versions/v03-pkce` for 3.
///
/// # Errors
/// There is none.
pub fn folder(root: &Path, version: u8) -> Result<String, String> {
    let start = format!("v{version:02}-");
    let entries =
        fs::read_dir(root.join("versions")).map_err(|trouble| format!("versions/: {trouble}"))?;
    let mut names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let name = names.find(|name| name.starts_with(&start));
    name.map(|name| format!("versions/{name}"))
        .ok_or_else(|| format!("no folder versions/{start}…"))
}

/// Looks up a guard in the source of a version.
///
/// # Errors
/// The file cannot be read, or its text stands there not once.
pub fn locate(root: &Path, version: u8, guard: &Guard) -> Result<Place, String> {
    let file = match guard.file.strip_prefix("shared/") {
        Some(_) => guard.file.to_owned(),
        None => format!("{}/{}", folder(root, version)?, guard.file),
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
