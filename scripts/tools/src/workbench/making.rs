//! Making a workbench, renewing it, and keeping it aside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workbench::files;
use lab::diff::kind::Kind;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::{Version, Versions};
use lab::workbench::bench::{Bench, NAME, folder};
use lab::workbench::state::State;

/// Makes a workbench for `goal`. A folder that holds somebody's work is left alone.
///
/// # Errors
/// There is work in the folder, `goal` is the first version, or a file cannot be written.
pub fn make<'a>(versions: &'a Versions, goal: &'a Version) -> Result<Bench<'a>, Error> {
    files::start_of(versions, goal)?;
    let folder = folder(versions);
    if folder.exists() {
        if has_work(versions)? {
            let what = State::read(&folder)
                .map_or("something".into(), |state| format!("your work on {}", state.goal));
            return Err(Error::request(format!(
                "workbench/ holds {what}, and nothing is overwritten.\n\
                 To start over: cargo lab reset\n\
                 To put it aside for {goal}: cargo lab reset {goal}   (both keep a copy beside it)",
                goal = goal.name
            )));
        }
        clear(&folder)?;
    }
    write(versions, goal)
}

/// Puts the workbench aside and makes a fresh one for `goal`. Returns where the old one is.
///
/// # Errors
/// A file cannot be copied, removed or written. The old workbench is complete in at least one of the two places.
pub fn renew<'a>(versions: &'a Versions, goal: &'a Version) -> Result<(Bench<'a>, PathBuf), Error> {
    // Checked before anything is moved.
    files::fresh(versions, goal)?;
    let folder = folder(versions);
    let backup = backup_name(&versions.root);
    copy(&folder, &backup)?;
    clear(&folder)?;
    Ok((write(versions, goal)?, backup))
}

/// Goes on to the next step with the code that is there: only the task, the checks and the manifest are new.
/// Returns the copy of the workbench as it was.
///
/// # Errors
/// A file cannot be copied, read or written.
pub fn go_on<'a>(versions: &'a Versions, next: &'a Version) -> Result<(Bench<'a>, PathBuf), Error> {
    let mut files = files::fresh(versions, next)?;
    // What is hidden is ours, code or not.
    let is_code = |path: &str| matches!(Kind::of(path), Kind::Code | Kind::Templates);
    files.retain(|path, _| !is_code(path) || path.starts_with('.'));
    let folder = folder(versions);
    let backup = backup_name(&versions.root);
    copy(&folder, &backup)?;
    put(&folder, files)?;
    Ok((begin(folder, next)?, backup))
}

/// Whether the manifest is another one than we wrote: it may hold dependencies of its owner's own.
///
/// # Errors
/// A file cannot be read.
pub fn has_own_manifest(versions: &Versions, bench: &Bench) -> Result<bool, Error> {
    let path = bench.folder.join("Cargo.toml");
    let now = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
    Ok(files::fresh(versions, bench.goal)?.get("Cargo.toml") != Some(&now))
}

/// Whether the folder holds anything but a fresh workbench. Unknown files count as work.
///
/// # Errors
/// A file cannot be read.
pub fn has_work(versions: &Versions) -> Result<bool, Error> {
    let folder = folder(versions);
    let Some(state) = State::read(&folder) else {
        return Ok(fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()));
    };
    let Ok(goal) = versions.find(&state.goal) else {
        return Ok(true);
    };
    // Hidden files, the lock file and the task are ours; everything else is compared.
    let own = |path: &str| {
        path.split('/').any(|part| part.starts_with('.'))
            || path == "Cargo.lock"
            || Kind::of(path) == Kind::Declaration
    };
    let mut fresh = files::fresh(versions, goal)?;
    fresh.retain(|path, _| !own(path));
    let mut now = Tree::of_folder(&folder)?.files;
    now.retain(|path, _| !own(path));
    Ok(fresh != now)
}

fn write<'a>(versions: &'a Versions, goal: &'a Version) -> Result<Bench<'a>, Error> {
    let folder = folder(versions);
    put(&folder, files::fresh(versions, goal)?)?;
    let bench = begin(folder, goal)?;
    prune(&bench.folder);
    Ok(bench)
}

/// Writes files below `folder`.
fn put(folder: &Path, files: BTreeMap<String, String>) -> Result<(), Error> {
    for (path, text) in files {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(|error| Error::file("create", parent, error))?;
        }
        fs::write(&file, text).map_err(|error| Error::file("write", &file, error))?;
    }
    Ok(())
}

/// Notes the step that a workbench is for now.
fn begin(folder: PathBuf, goal: &Version) -> Result<Bench<'_>, Error> {
    let state = State {
        goal: goal.name.clone(),
        ..State::default()
    };
    state.write(&folder)?;
    Ok(Bench {
        folder,
        goal,
        state,
    })
}

/// The first free one of `workbench-backup-1`, `workbench-backup-2`, …
fn backup_name(root: &Path) -> PathBuf {
    let name = |number: u32| root.join(format!("{}-backup-{number}", NAME));
    (1..).map(name).find(|path| !path.exists()).expect("numbers do not end")
}

/// Copies a folder with all it holds. Copied and not moved: a terminal may stand in it, which on Windows
/// keeps it from being moved.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(|error| Error::file("create", to, error))?;
    let entries = fs::read_dir(from).map_err(|error| Error::file("read", from, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::file("read", from, error))?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).map_err(|error| Error::file("copy", &path, error))?;
        }
    }
    Ok(())
}

/// Removes all files in a folder and below. The folders stay: a terminal may stand in one of them.
fn clear(folder: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|error| Error::file("read", folder, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::file("read", folder, error))?.path();
        if path.is_dir() && !path.is_symlink() {
            clear(&path)?;
        } else {
            fs::remove_file(&path).map_err(|error| Error::file("remove", &path, error))?;
        }
    }
    Ok(())
}

/// Removes the folders that were left empty. One that cannot be removed does no harm.
fn prune(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            prune(&path);
            // Refused while it holds something.
            let _ = fs::remove_dir(&path);
        }
    }
}
