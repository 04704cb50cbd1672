//! A server as a child process, or several: started on free ports, watched through /proc, killed at the end.

use std::env;
use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use kit::engine::Engine;
use kit::engine::Kind;

use crate::store_floor::Trips;
use crate::target::CLIENT_ID;
use crate::target::CLIENT_SECRET;
use crate::target::REDIRECT_URI;
use crate::target::Target;

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(20);

/// Linux tells CPU time to programs in hundredths of a second, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

/// A program and its settings.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it is called in the figures.
    pub name: String,
    /// A command line for `sh`. It finds its port in `AUTH_SERVER_PORT`.
    pub command: String,
    /// Settings beside the port.
    pub settings: Vec<(String, String)>,
    /// Whether it answers with constants.
    pub constant: bool,
    /// How many of it work together.
    pub instances: usize,
    /// What it keeps its rows in, if that is started for it.
    pub store: Option<Kind>,
}

impl Program {
    /// This command with these settings.
    pub fn new(name: &str, command: &str, settings: &[(&str, &str)]) -> Program {
        let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Program {
            name: name.to_owned(),
            command: command.to_owned(),
            settings: settings.collect(),
            constant: false,
            instances: 1,
            store: None,
        }
    }

    /// Our own floor. It asks its store for nothing as often as that, in each flow.
    ///
    /// # Errors
    /// This program does not know where it lies itself.
    pub fn floor(trips: Trips) -> Result<Program, String> {
        let Trips { calls, writes } = trips;
        let own = own_folder()?.join("bench");
        let command = format!("'{}' floor --calls {calls} --writes {writes}", own.display());
        Ok(Program {
            constant: true,
            ..Program::new("floor", &command, &[])
        })
    }

    /// So many of it, on a store of that kind.
    pub fn on(&self, name: &str, store: Kind, instances: usize) -> Program {
        // Whoever shares a store knows the others' tokens, too.
        let mut program = self.with(name, "JWT_SECRET", &"01".repeat(32));
        program.store = Some(store);
        program.instances = instances;
        program
    }

    /// The server of one of the lab's versions. Built first, in the profile that this program was built in.
    ///
    /// # Errors
    /// It can't be built; Cargo has said why.
    pub fn version(version: &str) -> Result<Program, String> {
        let binary = format!("{version}-server");
        // Not by its package: cargo would give what all share other features, and compile it a second time.
        build(&["--bin", &binary])?;
        let command = format!("'{}'", own_folder()?.join(binary).display());
        Ok(Program::new(version, &command, &[]))
    }

    /// The server made of oxide-auth, from the package beside this one.
    ///
    /// # Errors
    /// As with [`Program::version`].
    pub fn oxide() -> Result<Program, String> {
        let folder = own_folder()?;
        let target = folder.parent().unwrap_or(&folder).join("oxide");
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/oxide/Cargo.toml");
        build(&[
            "--manifest-path",
            manifest,
            "--target-dir",
            &target.display().to_string(),
        ])?;
        let profile = folder.file_name().unwrap_or_default();
        let command = format!("'{}'", target.join(profile).join("bench-oxide").display());
        Ok(Program::new("oxide-auth", &command, &[]))
    }

    /// The same program, called differently, with one more setting.
    pub fn with(&self, name: &str, setting: &str, value: &str) -> Program {
        let mut program = self.clone();
        program.name = name.to_owned();
        program.settings.push((setting.to_owned(), value.to_owned()));
        program
    }
}

fn build(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .arg("build")
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let status = command.status().map_err(|trouble| format!("cargo: {trouble}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo build ended with {status}"))
    }
}

/// The folder of built programs. A test lies one folder below.
fn own_folder() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|trouble| trouble.to_string())?;
    let folder = own.parent().ok_or("no folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().ok_or("no folder")?
    } else {
        folder
    };
    Ok(folder.to_owned())
}

/// A program that runs, once or several times. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where its instances answer.
    pub targets: Vec<Target>,
    /// From the start of the first process to its first answer.
    pub start: Duration,
    /// What they keep their rows in, if it was started for them.
    pub engine: Option<Engine>,
    instances: Vec<Instance>,
}

/// A process. It is killed when this is dropped.
#[derive(Debug)]
struct Instance(Child);

impl Server {
    /// Starts the program on free ports and waits for its first answers.
    ///
    /// Its log goes nowhere: what a terminal or a disk does with it is not the server's CPU time.
    ///
    /// # Errors
    /// It did not start, ended at once, or did not answer in time.
    pub fn start(program: &Program) -> Result<Server, String> {
        let mut server = Server {
            targets: Vec::new(),
            start: Duration::ZERO,
            engine: program.store.map(Engine::start).transpose()?,
            instances: Vec::new(),
        };
        for _ in 0..program.instances {
            let took = server.one_more(program)?;
            if server.instances.len() == 1 {
                server.start = took;
            }
        }
        Ok(server)
    }

    fn one_more(&mut self, program: &Program) -> Result<Duration, String> {
        let port = free_port()?;
        let target = Target {
            constant: program.constant,
            ..Target::new(port)
        };
        self.targets.push(target);
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                &format!("exec {}", program.command),
            ])
            .env("AUTH_SERVER_PORT", port.to_string())
            .env("AUTH_SERVER_URL", format!("http://{}", self.targets[0].host()))
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .env("REDIRECT_URI", REDIRECT_URI)
            .envs(self.engine.as_ref().map(|engine| ("LAB_STORE", &engine.store)))
            .envs(program.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let begin = Instant::now();
        let child = command.spawn().map_err(|trouble| format!("{}: {trouble}", program.name))?;
        let mut instance = Instance(child);
        while !answers(target) {
            if let Ok(Some(status)) = instance.0.try_wait() {
                return Err(format!("{} ended with {status}", program.name));
            }
            if begin.elapsed() > LONGEST_START {
                return Err(format!("{} did not answer on port {port}", program.name));
            }
            thread::sleep(Duration::from_micros(200));
        }
        self.instances.push(instance);
        Ok(begin.elapsed())
    }

    /// CPU time of all its threads so far, user and system, in all its instances.
    ///
    /// # Errors
    /// One has ended.
    pub fn cpu(&self) -> Result<Duration, String> {
        self.instances.iter().map(|instance| cpu(&instance.0.id().to_string())).sum()
    }

    /// CPU time of the engine that it keeps its rows in. A file has no process: that time is the server's own.
    ///
    pub fn engine_cpu(&self) -> Duration {
        let processes = self.engine.as_ref().map(Engine::processes).unwrap_or_default();
        // One that has just ended counts as a child of the first.
        let cpus = processes.iter().flat_map(|process| ticks(&process.to_string(), 4));
        TICK * cpus.sum::<u32>()
    }

    /// Memory that is resident now, in bytes.
    ///
    /// # Errors
    /// One has ended.
    pub fn memory(&self) -> Result<u64, String> {
        self.status("VmRSS:")
    }

    /// The most memory that was ever resident, in bytes.
    ///
    /// # Errors
    /// One has ended.
    pub fn peak(&self) -> Result<u64, String> {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> Result<u64, String> {
        self.instances.iter().map(|instance| instance.status(name)).sum()
    }
}

impl Instance {
    fn status(&self, name: &str) -> Result<u64, String> {
        let status = read(&format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or(format!("the server has ended: no {name}"))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing left to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// CPU time that this process has taken so far.
///
/// # Errors
/// There is no /proc: this is not Linux.
pub fn own_cpu() -> Result<Duration, String> {
    cpu("self")
}

fn cpu(process: &str) -> Result<Duration, String> {
    Ok(TICK * ticks(process, 2)?)
}

/// utime and stime, and with four also those of the children that have ended: fields 14 to 17 (proc(5)).
fn ticks(process: &str, fields: usize) -> Result<u32, String> {
    let stat = read(&format!("/proc/{process}/stat"))?;
    // The name, in brackets, may hold spaces.
    let (_, after) = stat.rsplit_once(')').ok_or("no )")?;
    let ticks = after.split_whitespace().skip(11).take(fields);
    Ok(ticks.map(|field| field.parse().unwrap_or(0)).sum())
}

/// Whether anything answers there already.
fn answers(target: Target) -> bool {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", target.host());
    let answer = TcpStream::connect(target.address()).and_then(|mut stream| {
        stream.set_read_timeout(Some(LONGEST_START))?;
        stream.write_all(request.as_bytes())?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(start)
    });
    answer.is_ok_and(|start| &start == b"HTTP/")
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path)
        .map_err(|trouble| format!("{path}: {trouble} (Linux only, while the server runs)"))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0");
    let port = listener.and_then(|listener| Ok(listener.local_addr()?.port()));
    port.map_err(|trouble| format!("no free port: {trouble}"))
}
