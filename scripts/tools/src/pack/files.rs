//! The project's files, without what belongs to one person or one build.

use std::fs;
use std::path::Path;

use lab::error::Error;

/// Hidden files of the project itself. All others (`.git`, `.env`, an editor's) stay at home.
const HIDDEN: [&str; 6] = [
    ".cargo",
    ".ci",
    ".github",
    ".gitattributes",
    ".gitignore",
    ".env.example",
];

/// Copies the project from `root` to `to`.
///
/// # Errors
/// A file cannot be read or written.
pub fn copy_project(root: &Path, to: &Path) -> Result<(), Error> {
    copy(root, to, &is_personal)
}

/// Whether a file at the top of the project belongs to one person or one build.
fn is_personal(name: &str) -> bool {
    let hidden = name.starts_with('.') && !HIDDEN.contains(&name);
    hidden || name == "target" || name == "vendor" || name.starts_with("workbench")
}

/// Copies a folder, without the names that `skip` refuses at its top.
fn copy(from: &Path, to: &Path, skip: &dyn Fn(&str) -> bool) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(|error| Error::file("create", to, error))?;
    let entries = fs::read_dir(from).map_err(|error| Error::file("read", from, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::file("read", from, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if skip(&name) {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            copy(&path, &target, &|name| name == "target" || name.ends_with('~'))?;
        } else {
            fs::copy(&path, &target).map_err(|error| Error::file("copy", &path, error))?;
        }
    }
    Ok(())
}

/// The size of all files below `folder`, in bytes.
pub fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |path: &Path| fs::metadata(path).map(|metadata| metadata.len()).unwrap_or(0);
    entries
        .map(|entry| entry.path())
        .map(|path| {
            if path.is_dir() {
                size(&path)
            } else {
                of(&path)
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_personal_stays_at_home() {
        for name in [
            ".git",
            ".env",
            ".idea",
            "target",
            "vendor",
            "workbench",
            "workbench-backup-2",
        ] {
            assert!(is_personal(name), "{name}");
        }
        for name in [
            ".cargo",
            ".env.example",
            ".gitattributes",
            "versions",
            "Cargo.lock",
            "README.md",
        ] {
            assert!(!is_personal(name), "{name}");
        }
    }
}
