//! What a text shows of a terminal is what comes: every command of a ```` ```console ```` block is carried out, and what it
//! prints is compared. `…` stands for whatever differs from run to run, a line with nothing else for any number of lines.
//!
//! A comment `<!-- server: docs/…/server.py -->` before a block says which server answers at the port of the block.
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The port on which a learner's own server answers in the texts.
const OWN_PORT: &str = "5400";

/// These write into the work tree, or look at this one machine: `texts.rs` proves that they exist.
const NOT_CARRIED_OUT: [&str; 9] = [
    "start", "hint", "solution", "next", "reset", "new", "carry", "pack", "doctor",
];

/// No command of a text takes longer.
const LONGEST: Duration = Duration::from_secs(180);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn what_a_text_shows_of_a_terminal_is_what_comes() {
    let mut wrong = Vec::new();
    for (name, text) in texts() {
        let mut server: Option<(String, Server)> = None;
        for block in blocks(&text) {
            if server.as_ref().map(|it| &it.0) != block.server.as_ref() {
                server = block.server.as_ref().map(|file| (file.clone(), Server::start(file)));
            }
            let port = server.as_ref().map(|it| it.1.port);
            for command in &block.commands {
                if let Err(trouble) = command.prove(port) {
                    wrong.push(format!("{name}:{}: $ {}\n{trouble}", command.line, command.typed));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

fn texts() -> Vec<(String, String)> {
    let mut files = vec!["README.md".to_string()];
    for (folder, inner) in [("docs", ""), ("versions", "/README.md")] {
        let entries = fs::read_dir(root().join(folder)).unwrap().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        files.extend(names.map(|name| format!("{folder}/{name}{inner}")));
    }
    files.retain(|name| name.ends_with(".md") && root().join(name).is_file());
    files.sort();
    files
        .into_iter()
        .map(|name| (fs::read_to_string(root().join(&name)).unwrap(), name))
        .map(|(text, name)| (name, text))
        .collect()
}

/// A block of a terminal, and the server that it speaks to.
struct Block {
    server: Option<String>,
    commands: Vec<Typed>,
}

/// A command, and what the text says that it prints.
struct Typed {
    line: usize,
    typed: String,
    shown: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut server) = (Vec::new(), None);
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("<!-- server:") {
            server = Some(rest.trim_end_matches("-->").trim().to_string());
        }
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let inside = lines.by_ref().take_while(|(_, line)| line.trim() != "```");
        let mut commands: Vec<Typed> = Vec::new();
        for (number, line) in inside {
            match (line.trim_start().strip_prefix("$ "), commands.last_mut()) {
                (Some(typed), _) => commands.push(Typed {
                    line: number + 1,
                    typed: typed.trim().into(),
                    shown: Vec::new(),
                }),
                (None, Some(command)) => command.shown.push(line.trim_end().into()),
                (None, None) => {}
            }
        }
        if kind == "console" {
            assert!(!commands.is_empty(), "line {}: a console block without a command", index + 1);
            blocks.push(Block {
                server: server.clone(),
                commands,
            });
        }
    }
    blocks
}

impl Typed {
    /// Carries it out, if that can be done here, and compares.
    fn prove(&self, port: Option<u16>) -> Result<(), String> {
        let Some(arguments) = self.typed.strip_prefix("cargo lab") else {
            return match self.typed.starts_with("curl ") && port.is_some() {
                true => judge(&self.shown, &call(shell(&self.typed, port))?, port),
                false => Ok(()),
            };
        };
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let elsewhere = words.first().is_some_and(|word| NOT_CARRIED_OUT.contains(word));
        let on_workbench = words.first() == Some(&"check")
            && !words.iter().any(|word| word.starts_with("--server"));
        let takes_a_minute =
            words.contains(&"--full") && std::env::var_os("LAB_REQUIRE_TEXTS").is_none();
        if elsewhere
            || on_workbench
            || takes_a_minute
            || words.contains(&"workbench")
            || self.shown.is_empty()
        {
            return Ok(());
        }
        let mut command = support::lab();
        command.current_dir(root());
        command.args(
            words.iter().map(|word| word.replace(OWN_PORT, &port.unwrap_or_default().to_string())),
        );
        if words.first() != Some(&"run") && !words.contains(&"--stage") {
            return judge(&self.shown, &call(command)?, port);
        }
        // The usual ports may be taken here.
        let (server, client) = (free_port(), free_port());
        command.env("AUTH_SERVER_PORT", server.to_string());
        command.env("CLIENT_APP_PORT", client.to_string());
        let printed = call(command)?.replace(&server.to_string(), "5000");
        judge(&self.shown, &printed.replace(&client.to_string(), "5001"), port)
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).unwrap().port()
}

fn shell(typed: &str, port: Option<u16>) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(typed.replace(OWN_PORT, &port.unwrap_or_default().to_string()));
    command
}

/// The last line of a command that goes on until Ctrl-C.
const RUNS_ON: &str = "Ctrl-C ends everything.";

/// What a command prints on both streams. One that runs on is ended when it has said so.
fn call(mut command: Command) -> Result<String, String> {
    let mut child = command
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|trouble| trouble.to_string())?;
    let (send, receive) = mpsc::channel();
    read(child.stdout.take().unwrap(), send.clone());
    read(child.stderr.take().unwrap(), send);
    let (begin, mut text) = (Instant::now(), String::new());
    while begin.elapsed() < LONGEST {
        match receive.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => text += &line,
            Err(mpsc::RecvTimeoutError::Timeout) if text.contains(RUNS_ON) => break,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
    let late = begin.elapsed() >= LONGEST;
    end(&mut child);
    match late {
        true => Err(format!("it has not ended after {} seconds:\n{text}", LONGEST.as_secs())),
        false => Ok(text),
    }
}

fn read(stream: impl Read + Send + 'static, send: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = send.send(line + "\n");
        }
    });
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Do these lines come, in this order?
fn judge(shown: &[String], printed: &str, port: Option<u16>) -> Result<(), String> {
    let printed = match port {
        Some(port) => printed.replace(&port.to_string(), OWN_PORT),
        None => printed.to_string(),
    };
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let mut from = 0;
    for piece in shown.split(|line| line.trim() == "…") {
        let piece: Vec<&String> = piece.iter().filter(|line| !line.is_empty()).collect();
        for (number, wanted) in piece.iter().enumerate() {
            let rest = lines.iter().enumerate().skip(from).filter(|(_, line)| !line.is_empty());
            let mut rest = rest.take(if number == 0 { usize::MAX } else { 1 });
            match rest.find(|(_, line)| fits(wanted, line)) {
                Some((at, _)) => from = at + 1,
                None => return Err(format!("does not print: {wanted}\nbut:\n{printed}")),
            }
        }
    }
    Ok(())
}

/// Is it the same line? `…` stands for anything. How a line is indented is for the eye.
fn fits(wanted: &str, line: &str) -> bool {
    let (wanted, line) = (wanted.trim(), line.trim());
    let pieces: Vec<&str> = wanted.split('…').collect();
    let [first, inner @ .., last] = pieces.as_slice() else {
        return wanted == line;
    };
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for piece in inner {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A server of a text, in Python. It ends when this is dropped.
struct Server {
    port: u16,
    child: Child,
    script: Option<PathBuf>,
}

impl Server {
    fn start(file: &str) -> Server {
        let port = free_port();
        let mut python = Command::new("python3");
        let script = match file {
            "nothing" => {
                python
                    .args(["-m", "http.server", &port.to_string()])
                    .current_dir(std::env::temp_dir());
                None
            }
            file => {
                let script = std::env::temp_dir().join(format!("lab-server-{port}.py"));
                fs::write(&script, source(file).replace(OWN_PORT, &port.to_string())).unwrap();
                python.arg(&script);
                Some(script)
            }
        };
        let child = python.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|trouble| panic!("python3 {file}: {trouble}"));
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(20), "{file} does not answer");
            thread::sleep(Duration::from_millis(20));
        }
        Server {
            port,
            child,
            script,
        }
    }
}

/// The program in a file, or what a command such as `sed … FILE` makes of it.
fn source(file: &str) -> String {
    if !file.contains(' ') {
        return fs::read_to_string(root().join(file))
            .unwrap_or_else(|trouble| panic!("{file}: {trouble}"));
    }
    let output = Command::new("sh").arg("-c").arg(file).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{file}");
    String::from_utf8(output.stdout).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
        if let Some(script) = &self.script {
            let _ = fs::remove_file(script);
        }
    }
}

#[test]
fn lines_are_compared_up_to_what_differs_each_time() {
    assert!(
        fits("  took … ms", "took 12 ms") && fits("a…b…c", "a1b2c") && fits("plain", "  plain")
    );
    assert!(!fits("a…b…c", "a1b2d") && !fits("plain", "plainer") && !fits("took … ms", "took 1 s"));
    let shown = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
    let printed = "one\ntwo\n\nthree\nfour\n";
    assert_eq!(judge(&shown("two\n\nthree\n"), printed, None), Ok(()));
    assert_eq!(judge(&shown("one\n…\nfour"), printed, None), Ok(()));
    assert!(judge(&shown("one\nthree"), printed, None).is_err());
    assert!(judge(&shown("four\n…\none"), printed, None).is_err());
}
