//! The few questions that `carry` asks of git.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use lab::error::Error;

/// Runs git in `folder`.
///
/// # Errors
/// git is not installed or cannot be started.
pub fn run(folder: &Path, arguments: &[&str]) -> Result<Output, Error> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::Program(
            "This command needs git, and git is not installed (https://git-scm.com/downloads). The other commands do without it."
                .into(),
        ),
        _ => Error::Program(format!("Cannot run git: {error}.")),
    })
}

/// Runs git and returns what it prints.
///
/// # Errors
/// git is missing, or refuses; the message is git's own.
pub fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = run(folder, arguments)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Program(format!("git {} failed: {}", arguments[0], said.trim())))
}

/// Makes sure that `root` is in a git repository that knows `revision`.
///
/// # Errors
/// It is not, or git is missing.
pub fn demand_revision(root: &Path, revision: &str) -> Result<(), Error> {
    if !run(root, &["rev-parse", "--is-inside-work-tree"])?.status.success() {
        return Err(Error::Program(
            "This folder is not in a git repository, so there is no earlier state to compare with. Clone the project instead of copying it."
                .into(),
        ));
    }
    let commit = format!("{revision}^{{commit}}");
    if run(
        root,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            &commit,
        ],
    )?
    .status
    .success()
    {
        return Ok(());
    }
    Err(Error::request(format!(
        "git knows no revision `{revision}`. Name a commit, a branch or HEAD~1; `git log --oneline` lists them."
    )))
}

/// The files below `folder` at `revision`, by their path below it.
///
/// # Errors
/// git fails.
pub fn files_at(root: &Path, revision: &str, folder: &str) -> Result<Vec<String>, Error> {
    let listed = ask(
        root,
        &[
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            revision,
            "--",
            folder,
        ],
    )?;
    Ok(below(&listed, folder))
}

/// The files below `folder` as they are now: those that git knows, and new ones that it does not ignore.
///
/// # Errors
/// git fails.
pub fn files_now(root: &Path, folder: &str) -> Result<Vec<String>, Error> {
    let listed = ask(
        root,
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            folder,
        ],
    )?;
    let mut files = below(&listed, folder);
    files.retain(|path| root.join(folder).join(path).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}

/// The text of a file at `revision`.
///
/// # Errors
/// git fails.
pub fn text_at(root: &Path, revision: &str, path: &str) -> Result<String, Error> {
    ask(root, &["show", &format!("{revision}:./{path}")])
}

/// The paths in git's `-z` output, without the folder that they are below.
fn below(listed: &str, folder: &str) -> Vec<String> {
    let prefix = format!("{folder}/");
    listed
        .split('\0')
        .filter_map(|path| path.strip_prefix(&prefix))
        .map(str::to_string)
        .collect()
}
