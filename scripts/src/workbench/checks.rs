//! Building the workbench and running the checks on it.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::error::Error;
use crate::process::cargo;
use crate::workbench::report;
use crate::workbench::report::Line;

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

/// Runs the checks whose number or title begins with one of `only`, or all; `tick` is told how many are done and how
/// many there are.
///
/// # Errors
/// The test program cannot be started, or prints no list; or no check is called so.
pub fn run(
    folder: &Path,
    test: &Path,
    only: &[String],
    mut tick: impl FnMut(usize, usize),
) -> Result<Vec<Line>, Error> {
    let names = list(folder, test)?;
    let (rules, others): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| report::is_rule(name) && report::is_wanted(name, only));
    if rules.is_empty() && !only.is_empty() {
        return Err(Error::request(format!(
            "No rule of this step is called {}. `cargo lab check --full` lists them all.",
            only.join(" or ")
        )));
    }
    let skip = others.iter().flat_map(|name| ["--skip", name.as_str()]);
    let mut child = program(folder, test)
        .args(skip)
        .spawn()
        .map_err(|error| Error::file("start", test, error))?;
    let mut output = String::new();
    let mut done = 0;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if report::verdict(&line).is_some() {
                done += 1;
                tick(done, rules.len());
            }
            output.push_str(&line);
            output.push('\n');
        }
    }
    child.wait().map_err(|error| Error::file("run", test, error))?;
    let mut lines = report::parse(&output);
    // Several checks have one number. They end in any order, and are told in that of the catalogue.
    lines.sort_by_cached_key(|line| {
        let name = format!("{} {}", line.id.replace('.', "_"), line.title);
        (report::order(&line.id), rules.iter().position(|rule| **rule == name))
    });
    if lines.is_empty() {
        let by_hand = test.display();
        return Err(Error::Program(format!(
            "The checks said nothing. Run them by hand: {by_hand}"
        )));
    }
    Ok(lines)
}

/// The names of all that the test program can run. Beside the rules it may hold more, for our own versions.
fn list(folder: &Path, test: &Path) -> Result<Vec<String>, Error> {
    let output = program(folder, test).arg("--list").output();
    let output = output.map_err(|error| Error::file("start", test, error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_string).collect())
}

/// The test program, to be started in the workbench.
fn program(folder: &Path, test: &Path) -> Command {
    let mut command = Command::new(test);
    cargo::forget_lab(&mut command);
    command.current_dir(folder).args(["--color", "never"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
