//! One file out of a folder, with the `tar` that Linux, macOS and Windows bring along.

use std::path::Path;
use std::process::Command;

use lab::error::Error;

/// Packs `folder/name` into `archive`.
///
/// # Errors
/// There is no `tar`, or it fails.
pub fn pack(folder: &Path, name: &str, archive: &Path) -> Result<(), Error> {
    let mut tar = Command::new("tar");
    let output =
        tar.arg("-czf").arg(archive).arg("-C").arg(folder).arg(name).output().map_err(|error| {
            Error::Program(format!(
                "Cannot run tar: {error}. The kit itself is complete, as a folder: {}",
                folder.join(name).display()
            ))
        })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Program(format!("tar failed: {}", String::from_utf8_lossy(&output.stderr).trim())))
}
