//! A copy of the workspace in which a break is applied and built. The workspace itself is never touched.
//!
//! All breaks share one copy and the workspace's own target folder: what is already built there, every library
//! from outside above all, is not built again. The binaries have names of their own (`broken-v04-server`), so a
//! broken one never stands in the place of a good one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::breaks::lock::Lock;
use crate::breaks::patch::Patched;
use lab::error::Error;
use lab::process::cargo;
use lab::versions::Version;

/// What a workspace is made of. `.cargo` is not copied: cargo finds the workspace's own in the folders above.
const PARTS: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    "shared",
    "scripts",
    "versions",
];

/// The scratch copy.
#[derive(Debug)]
pub struct Scratch {
    /// Its root.
    pub root: PathBuf,
    /// Where broken binaries are kept while they are judged.
    pub kept: PathBuf,
    target: PathBuf,
    /// The first copy holds it for all of them.
    _lock: Option<Lock>,
}

impl Scratch {
    /// Brings the copy up to date with the workspace `root`; a patch that was left in it is gone afterwards.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn open(root: &Path) -> Result<Scratch, Error> {
        let target = cargo::target(root);
        let folder = target.join("breaks");
        make_folder(&folder)?;
        let lock = Some(Lock::take(&folder)?);
        Scratch {
            root: folder.join("work"),
            kept: folder.join("bin"),
            _lock: lock,
            target,
        }
        .filled(root)
    }

    /// Another copy, built into a folder of its own, so that two breaks can be built at the same time.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn another(&self, root: &Path) -> Result<Scratch, Error> {
        let folder = cargo::target(root).join("breaks");
        Scratch {
            root: folder.join("work2"),
            kept: self.kept.clone(),
            _lock: None,
            target: folder.join("target2"),
        }
        .filled(root)
    }

    fn filled(self, root: &Path) -> Result<Scratch, Error> {
        let scratch = self;
        let mut wanted = BTreeSet::new();
        for part in PARTS {
            copy(root, &scratch.root, Path::new(part), &mut wanted)?;
        }
        remove_others(&scratch.root, &scratch.root, &wanted)?;
        make_folder(&scratch.kept)?;
        Ok(scratch)
    }

    /// Writes the patch into the copy.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn patch(&self, files: &[Patched]) -> Result<(), Error> {
        files
            .iter()
            .try_for_each(|file| write(&self.root.join(&file.path), file.after.as_bytes()))
    }

    /// Takes the patch out again.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn restore(&self, files: &[Patched]) -> Result<(), Error> {
        files
            .iter()
            .try_for_each(|file| write(&self.root.join(&file.path), file.before.as_bytes()))
    }

    /// Builds one program of a version and keeps a copy of it under `name`.
    ///
    /// # Errors
    /// `Ok(Err(…))`: the compiler refused, with what it said. An error: cargo cannot be called.
    pub fn build(
        &self,
        version: &Version,
        part: &str,
        name: &str,
    ) -> Result<Result<PathBuf, String>, Error> {
        let good = format!("{}-{part}", version.name);
        let binary = format!("broken-{good}");
        let mut command = cargo::command();
        command.current_dir(&self.root).args([
            "build",
            "--offline",
            "--quiet",
            "--bin",
            &binary,
        ]);
        command.arg("--target-dir").arg(&self.target);
        // Many small units: of a program that one guard was taken out of, a few are made again, and not half of it.
        for package in [&version.name, "web"] {
            for setting in ["codegen-units=256", "debug=false"] {
                command.args([
                    "--config",
                    &format!("profile.dev.package.{package}.{setting}"),
                ]);
            }
        }
        // Only the patched package is compiled again, and of it only what the patch touches.
        command.env("CARGO_INCREMENTAL", "1");
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let output = command
            .output()
            .map_err(|error| Error::Program(format!("Cannot run cargo: {error}.")))?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let file = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let built = self.target.join("debug").join(file(&binary));
        // Under its usual name, in a folder of its own: the checks read the version from it.
        let folder = self.kept.join(name);
        make_folder(&folder)?;
        let kept = folder.join(file(&good));
        fs::copy(&built, &kept).map_err(|error| Error::file("copy", &built, error))?;
        Ok(Ok(kept))
    }
}

/// Copies a file, or a folder with all that is in it, and notes every file.
fn copy(from: &Path, to: &Path, part: &Path, wanted: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    let source = from.join(part);
    if source.is_dir() {
        let entries = fs::read_dir(&source).map_err(|error| Error::file("read", &source, error))?;
        for entry in entries.flatten() {
            if entry.file_name() != "target" {
                copy(from, to, &part.join(entry.file_name()), wanted)?;
            }
        }
        return Ok(());
    }
    if !source.is_file() {
        return Ok(());
    }
    let bytes = fs::read(&source).map_err(|error| Error::file("read", &source, error))?;
    let bytes = match part.file_name().is_some_and(|name| name == "Cargo.toml") {
        true => rename_binaries(&String::from_utf8_lossy(&bytes)).into_bytes(),
        false => bytes,
    };
    wanted.insert(part.to_path_buf());
    write(&to.join(part), &bytes)
}

/// A manifest whose binaries cannot be mistaken for the real ones.
fn rename_binaries(manifest: &str) -> String {
    let mut in_binary = false;
    let lines = manifest.lines().map(|line| {
        if line.starts_with('[') {
            in_binary = line.trim() == "[[bin]]";
        }
        match line.strip_prefix("name = \"") {
            Some(rest) if in_binary => format!("name = \"broken-{rest}\n"),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// Removes what the workspace does not have (any more).
fn remove_others(root: &Path, folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|error| Error::file("read", folder, error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            remove_others(root, &path, wanted)?;
        } else if path.strip_prefix(root).is_ok_and(|part| !wanted.contains(part)) {
            fs::remove_file(&path).map_err(|error| Error::file("remove", &path, error))?;
        }
    }
    Ok(())
}

/// Writes a file, if it is not the same already: cargo builds anew what was written.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, bytes).map_err(|error| Error::file("write", path, error))
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::file("make", folder, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_binaries_get_another_name() {
        let manifest = "[package]\nname = \"v04\"\n\n[[bin]]\nname = \"v04-server\"\npath = \"server/main.rs\"\n\n[[test]]\nname = \"checks\"\n";
        let renamed = rename_binaries(manifest);
        assert_eq!(renamed, manifest.replace("v04-server", "broken-v04-server"));
    }
}
