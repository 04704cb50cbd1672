//! Every word that `lab` does not serve itself: handed to `lab-tools`, with the same arguments.

use std::ffi::OsString;
use std::process::Command;

use crate::error::{Error, Outcome};
use crate::process::cargo;
use crate::versions::Versions;

/// The larger half of this command. It is built when it is first needed, so `lab` itself is there in a few seconds.
const PROGRAM: &str = "lab-tools";

/// Names a `lab-tools` that is built already: tests do.
const BUILT: &str = "LAB_TOOLS";

/// Builds `lab-tools`, with cargo's progress on the screen, and becomes it.
///
/// # Errors
/// The current folder is not inside the workspace, the build fails, or the program does not start.
pub fn hand_over(words: &[OsString]) -> Outcome {
    let program = match std::env::var_os(BUILT) {
        Some(program) => program.into(),
        None => cargo::build(&Versions::here()?.root, &[PROGRAM], false)?.remove(0),
    };
    let mut command = Command::new(&program);
    command.args(words);
    become_it(command).map_err(|error| Error::file("start", &program, error))
}

/// One process, so Ctrl-C, a kill and the exit code are the program's own.
#[cfg(unix)]
fn become_it(mut command: Command) -> std::io::Result<std::process::ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> std::io::Result<std::process::ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(std::process::ExitCode::FAILURE, std::process::ExitCode::from))
}
