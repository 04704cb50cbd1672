//! A process of the pair, as a child that cannot outlive us.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::process::cargo;
use crate::term;

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// A running server or client.
///
/// It was told (`LAB_EXIT_WITH_STDIN`) to end when its standard input ends, and we hold the other side
/// of that pipe. The system closes the pipe when we end, however we end: by Ctrl-C, or killed.
pub struct Running {
    /// How messages call it, as in `v03-server`.
    pub name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    logs: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts `binary` in `root` with `settings` on top of our environment; its log goes to our output.
    ///
    /// # Errors
    /// The system cannot start it.
    pub fn start(
        name: &str,
        binary: &Path,
        root: &Path,
        settings: &[(String, String)],
    ) -> Result<Running, Error> {
        let mut command = Command::new(binary);
        cargo::forget_lab(&mut command);
        command.current_dir(root).envs(settings.iter().cloned());
        command.env("LAB_EXIT_WITH_STDIN", "1");
        if term::colours() {
            command.env("LAB_COLOR", "1");
        }
        // Their output goes through a pipe, so they can't see the terminal that it ends up in.
        if std::io::stdout().is_terminal() {
            command.env("COLUMNS", term::width().to_string());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        away_from_ctrl_c(&mut command);
        let mut child = command.spawn().map_err(|error| Error::file("start", binary, error))?;
        let stdin = child.stdin.take();
        let mut logs = Vec::new();
        if let Some(output) = child.stdout.take() {
            logs.push(thread::spawn(move || pass_on(output)));
        }
        if let Some(errors) = child.stderr.take() {
            logs.push(thread::spawn(move || pass_on(errors)));
        }
        Ok(Running {
            name: name.into(),
            child,
            stdin,
            logs,
        })
    }

    /// How it ended, if it has. Its last words are on the screen by then.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten()?;
        for log in self.logs.drain(..) {
            let _ = log.join();
        }
        Some(status)
    }

    /// Ends it: closes its standard input, waits, and kills it only if it does not listen.
    pub fn end(&mut self) {
        self.stdin = None;
        let deadline = Instant::now() + GRACE;
        while self.ended().is_none() {
            if Instant::now() > deadline {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Puts the process in a group of its own: Ctrl-C in the terminal then reaches `lab` alone, and the
/// closing pipe ends the process in good order.
fn away_from_ctrl_c(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(windows)]
    {
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
        std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
    }
    #[cfg(not(any(unix, windows)))]
    let _ = command;
}

/// Writes each line of `output` to ours, whole, so that two logs never mix inside a line.
fn pass_on(output: impl Read) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        term::print(&String::from_utf8_lossy(&line));
        line.clear();
    }
}
