//! Starting the processes of a cast together, and ending them together.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::cast::Part;
use crate::error::{Error, Outcome};
use crate::process::child::Running;
use crate::process::health;

/// How long a process may take until it answers. A debug build answers in a fraction of a second.
const START: Duration = Duration::from_secs(20);

/// One process of the cast that is to be started.
pub struct Playing {
    /// Its program.
    pub part: Part,
    /// Its port.
    pub port: u16,
    /// Which one it is, where several run the same program: 2 is the second. None where it is the only one.
    pub instance: Option<u8>,
    /// The settings that it alone gets, on top of those for all.
    pub own: Vec<(String, String)>,
}

impl Playing {
    /// How it is called in messages: `v03-server`, and with its port where there are several.
    fn name(&self) -> String {
        match self.instance {
            Some(_) => format!("{} (port {})", self.part.binary, self.port),
            None => self.part.binary.clone(),
        }
    }

    /// Whether it is the second of its program, or a later one.
    pub fn is_further(&self) -> bool {
        self.instance.is_some_and(|number| number > 1)
    }
}

/// Starts every part in `root`, with `settings` on top of the environment.
///
/// A further server waits for those before it: what they all trip over, such as a store that is not there, is
/// then said once.
///
/// # Errors
/// The system cannot start one of them, or one that another waits for ends; those that run are ended.
pub fn start(
    root: &Path,
    parts: &[Playing],
    executables: &[PathBuf],
    settings: &[(String, String)],
) -> Result<Vec<Running>, Error> {
    let mut running = Vec::new();
    for (index, (part, executable)) in parts.iter().zip(executables).enumerate() {
        if part.is_further() {
            wait_until_ready(&parts[..index], &mut running)?;
        }
        let settings = [settings, &part.own].concat();
        running.push(Running::start(&part.name(), executable, root, &settings)?);
    }
    Ok(running)
}

/// Waits until every part answers.
///
/// # Errors
/// One of them ends, or does not answer in time.
pub fn wait_until_ready(parts: &[Playing], running: &mut [Running]) -> Result<(), Error> {
    let deadline = Instant::now() + START;
    for (index, part) in parts.iter().enumerate() {
        while !health::answers(part.port) {
            if let Some(error) = running.iter_mut().find_map(early_end) {
                return Err(error);
            }
            if Instant::now() > deadline {
                let name = &running[index].name;
                return Err(Error::Program(format!(
                    "{name} does not answer on http://localhost:{}/healthz. `cargo lab doctor` looks for the usual reasons.",
                    part.port
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}

/// The error of a process that ended before it was ready. Its own words are above.
fn early_end(process: &mut Running) -> Option<Error> {
    process.ended().map(|_| {
        Error::Program(format!(
            "{} did not start. Its reason is the line above; `cargo lab doctor` knows the usual ones.",
            process.name
        ))
    })
}

/// Waits until one of the processes ends, and ends the others with it. Ctrl-C ends us and so all of them.
///
/// # Errors
/// Always: one of them has ended, and nobody asked it to.
pub fn watch(running: &mut [Running]) -> Outcome {
    loop {
        if let Some((index, status)) = running
            .iter_mut()
            .enumerate()
            .find_map(|(index, process)| Some((index, process.ended()?)))
        {
            let name = running[index].name.clone();
            running.iter_mut().for_each(Running::end);
            let others = if running.len() > 1 {
                " The rest was ended too."
            } else {
                ""
            };
            return Err(Error::Program(format!(
                "{name} has ended ({status}).{others} Its last words are above."
            )));
        }
        thread::sleep(Duration::from_millis(100));
    }
}
