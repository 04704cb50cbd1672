//! Building the workbench and running the checks on it.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::error::Error;
use crate::process::cargo;
use crate::workbench::progress;
use crate::workbench::progress::Line;

/// Builds server, client and the test program, with cargo's own progress. Returns where the test program is.
///
/// # Errors
/// [`Error::Build`] when the compiler refused: it has said why.
pub fn build(folder: &Path) -> Result<PathBuf, Error> {
    let arguments = ["test", "--test", "checks", "--no-run"];
    let executables = cargo::build_in(folder, &arguments)?;
    // The test program's name ends with a hash: checks-0123456789abcdef.
    let test = executables.into_iter().find(|path| {
        path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("checks-"))
    });
    test.ok_or_else(|| {
        Error::Program("cargo built the checks but did not say where they are.".into())
    })
}

/// Runs the checks; `tick` is told how many are done and how many there are.
///
/// # Errors
/// The test program cannot be started, or prints no list.
pub fn run(
    folder: &Path,
    test: &Path,
    mut tick: impl FnMut(usize, usize),
) -> Result<Vec<Line>, Error> {
    let mut command = Command::new(test);
    cargo::forget_lab(&mut command);
    command
        .current_dir(folder)
        .args(["--color", "never"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child =
        command.stdin(Stdio::null()).spawn().map_err(|error| Error::file("start", test, error))?;
    let mut output = String::new();
    let (mut done, mut all) = (0, 0);
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let count =
                line.strip_prefix("running ").and_then(|rest| rest.split(' ').next()?.parse().ok());
            all = count.unwrap_or(all);
            if progress::verdict(&line).is_some() {
                done += 1;
                tick(done, all);
            }
            output.push_str(&line);
            output.push('\n');
        }
    }
    child.wait().map_err(|error| Error::file("run", test, error))?;
    let lines = progress::parse(&output);
    if lines.is_empty() {
        return Err(Error::Program(format!(
            "The checks said nothing. Run them by hand: {}",
            test.display()
        )));
    }
    Ok(lines)
}
