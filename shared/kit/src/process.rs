//! One of our programs as a child: its settings, its log, and its end with ours.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::Http;
use crate::request::Request;

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(20);

/// What Windows needs to open a socket, and where temporary files go. Everything else of the learner's shell stays out.
const KEPT: [&str; 7] = [
    "PATH",
    "SystemRoot",
    "SystemDrive",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LLVM_PROFILE_FILE",
];

/// A running program. It is killed when this is dropped, and it ends by itself when this process dies.
#[derive(Debug)]
pub struct Process {
    /// Where it answers: `http://localhost:20123`.
    pub url: String,
    child: Mutex<Child>,
    log: Arc<Mutex<Vec<String>>>,
    is_read: bool,
}

impl Process {
    /// Starts a program with exactly these settings and waits until it answers at `url`.
    ///
    /// # Errors
    /// It ended early or did not answer in time: its log, as text.
    pub async fn start(
        exe: &Path,
        settings: &[(String, String)],
        url: &str,
    ) -> Result<Process, String> {
        Process::spawn(exe, settings, url, true)?.answering(exe).await
    }

    /// The same, but nobody reads what it prints: what a paused terminal does to a program.
    ///
    /// # Errors
    /// It ended early or did not answer in time.
    pub async fn start_unread(
        exe: &Path,
        settings: &[(String, String)],
        url: &str,
    ) -> Result<Process, String> {
        Process::spawn(exe, settings, url, false)?.answering(exe).await
    }

    /// Waits until it answers.
    async fn answering(self, exe: &Path) -> Result<Process, String> {
        let http = Http::new(Duration::from_secs(2));
        let url = &self.url;
        let begin = Instant::now();
        let mut pause = Duration::from_millis(5);
        while begin.elapsed() < LONGEST_START {
            if let Some(status) = self.ended() {
                // The last words may still be on their way through the pipe.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return Err(format!("{} ended with {status}:\n{}", exe.display(), self.log()));
            }
            // Its own line first: another program may answer on the port that we asked for.
            if !self.is_read || self.log().contains("listening on") {
                let health = http.send(Request::get(format!("{url}/healthz"))).await;
                if health.is_ok_and(|answer| answer.status == 200) {
                    return Ok(self);
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        Err(format!("{} did not answer at {url}:\n{}", exe.display(), self.log()))
    }

    fn spawn(
        exe: &Path,
        settings: &[(String, String)],
        url: &str,
        is_read: bool,
    ) -> Result<Process, String> {
        let mut command = Command::new(exe);
        command.env_clear();
        command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        command.env("LAB_EXIT_WITH_STDIN", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().map_err(|trouble| format!("{}: {trouble}", exe.display()))?;
        let log = Arc::new(Mutex::new(Vec::new()));
        // What is not taken stays open with the child, and fills up.
        if let Some(out) = child.stdout.take_if(|_| is_read) {
            collect(out, &log);
        }
        if let Some(err) = child.stderr.take_if(|_| is_read) {
            collect(err, &log);
        }
        Ok(Process {
            url: url.to_owned(),
            child: Mutex::new(child),
            log,
            is_read,
        })
    }

    /// What it printed so far, both streams together.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The exit status, once it has ended.
    pub fn ended(&self) -> Option<std::process::ExitStatus> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().ok().flatten()
    }

    /// Kills it now, as a crash would. Its log stays readable.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It may be gone already; then there is nothing left to do.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads a stream line by line until it ends, in a thread of its own: a full pipe would stop the program.
fn collect(stream: impl Read + Send + 'static, log: &Arc<Mutex<Vec<String>>>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            log.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            line.clear();
        }
    });
}
