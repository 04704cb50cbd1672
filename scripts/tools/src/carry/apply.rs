//! Writing what was planned: everything is kept aside first, and no file is ever half written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::carry::plan;
use crate::carry::plan::Action;
use lab::error::Error;

/// Writes the planned texts and removes what goes away. Returns where the old files are kept, if there were any.
///
/// # Errors
/// A file cannot be read, kept, written or removed. Files that were not reached are as they were, and the
/// message says where the old ones are.
pub fn apply(root: &Path, actions: &[Action]) -> Result<Option<PathBuf>, Error> {
    let touched: Vec<&Action> = actions
        .iter()
        .filter(|action| action.write.is_some() || action.remove.is_some())
        .collect();
    if touched.is_empty() {
        return Ok(None);
    }
    let backup = free_name(&root.join("target"), "carry-backup");
    for action in &touched {
        for path in [
            Some(&action.path),
            action.remove.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            keep(root, &backup, &format!("versions/{}/{path}", action.folder))?;
        }
    }
    for action in &touched {
        carry_out(root, action).map_err(|error| {
            Error::Program(format!(
                "{error}\nNot everything was carried. The old files are in {}; run the command again when the reason is gone.",
                backup.display()
            ))
        })?;
    }
    Ok(backup.is_dir().then_some(backup))
}

/// A name in `folder` that is not taken: `name-1`, `name-2`, …
fn free_name(folder: &Path, name: &str) -> PathBuf {
    (1..)
        .map(|number| folder.join(format!("{name}-{number}")))
        .find(|path| !path.exists())
        .expect("numbers do not end")
}

/// Copies the file at `path` below `root` to the same place below `backup`, if it exists.
fn keep(root: &Path, backup: &Path, path: &str) -> Result<(), Error> {
    let (file, copy) = (root.join(path), backup.join(path));
    if !file.is_file() {
        return Ok(());
    }
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::file("create", folder, error))?;
    }
    fs::copy(&file, &copy).map(drop).map_err(|error| Error::file("copy", &file, error))
}

fn carry_out(root: &Path, action: &Action) -> Result<(), Error> {
    let folder = root.join("versions").join(&action.folder);
    if let Some(text) = &action.write {
        // The line ends that the file has, or had under its old name.
        let path = action.remove.as_ref().unwrap_or(&action.path);
        let windows = plan::read(&folder, path)?.is_some_and(|(_, windows)| windows);
        let text = if windows {
            text.replace('\n', "\r\n")
        } else {
            text.clone()
        };
        write(&folder.join(&action.path), &text)?;
    }
    if let Some(path) = &action.remove {
        let file = folder.join(path);
        fs::remove_file(&file).map_err(|error| Error::file("remove", &file, error))?;
    }
    Ok(())
}

/// Writes a file under another name and renames it: whoever looks sees the old text or the new one.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::file("create", folder, error))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".carry~");
    let temporary = path.with_file_name(name);
    fs::write(&temporary, text).map_err(|error| Error::file("write", &temporary, error))?;
    fs::rename(&temporary, path).map_err(|error| Error::file("write", path, error))
}
