//! A store that several servers share, started for a test on a free port, in a folder that goes away with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::pair::free_port;

/// What keeps the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file, which processes of one machine may share. It needs nothing.
    File,
    /// Redis, or Valkey.
    Redis,
    /// PostgreSQL.
    Postgres,
}

/// One that runs. It ends, and its folder is removed, when this is dropped.
#[derive(Debug)]
pub struct Engine {
    /// Which it is.
    pub kind: Kind,
    /// What `LAB_STORE` is to be.
    pub store: String,
    port: u16,
    lasting: bool,
    folder: Folder,
    child: Mutex<Option<Child>>,
}

#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it is no reason for a test to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

impl Kind {
    /// All of them, the one that needs nothing first.
    pub const ALL: [Kind; 3] = [Kind::File, Kind::Redis, Kind::Postgres];

    /// What must be installed, if it is not.
    pub fn missing(self) -> Option<&'static str> {
        match self {
            Kind::File => None,
            Kind::Redis => redis().is_none().then_some("redis-server or valkey-server"),
            Kind::Postgres => postgres("postgres").is_none().then_some("PostgreSQL"),
        }
    }

    /// What must be installed, if it is not and nobody has said that it must be: then whatever needs it is left out.
    pub fn left_out(self) -> Option<&'static str> {
        self.missing().filter(|_| !is_required())
    }
}

/// `LAB_REQUIRE_ENGINES=1`: a test that needs an engine fails without it, instead of being left out.
pub fn is_required() -> bool {
    std::env::var("LAB_REQUIRE_ENGINES").is_ok_and(|value| value == "1")
}

impl Engine {
    /// Starts one, and waits until it can be asked.
    ///
    /// # Errors
    /// What is missing, or did not start.
    pub fn start(kind: Kind) -> Result<Engine, String> {
        Engine::begin(kind, true)
    }

    /// Redis as it comes: it writes to the disk now and then, and may forget what it has acknowledged.
    ///
    /// # Errors
    /// It is missing, or did not start.
    pub fn forgetful_redis() -> Result<Engine, String> {
        Engine::begin(Kind::Redis, false)
    }

    fn begin(kind: Kind, lasting: bool) -> Result<Engine, String> {
        if let Some(missing) = kind.missing() {
            return Err(format!("{missing} is not installed"));
        }
        let folder = std::env::temp_dir().join(format!("oauth-lab-{:016x}", rand::random::<u64>()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let port = free_port()?;
        let store = match kind {
            Kind::File => format!("file:{}", folder.join("lab.redb").display()),
            Kind::Redis => format!("redis://127.0.0.1:{port}"),
            Kind::Postgres => format!("postgres://lab@127.0.0.1:{port}/postgres"),
        };
        let engine = Engine {
            kind,
            store,
            port,
            lasting,
            folder: Folder(folder),
            child: Mutex::new(None),
        };
        if kind == Kind::Postgres {
            engine.prepare()?;
        }
        engine.resume()?;
        Ok(engine)
    }

    /// Kills it, as a crash would.
    pub fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            signal(&child, "KILL");
            // It may be gone already; then there is nothing left to do.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it in the middle of whatever it does. It keeps its connections, and answers nobody.
    pub fn pause(&self) {
        if let Some(child) = &*self.child() {
            signal(child, "STOP");
        }
    }

    /// Lets it go on after [`Engine::pause`], or starts it again after [`Engine::kill`].
    ///
    /// # Errors
    /// It does not start.
    pub fn resume(&self) -> Result<(), String> {
        if self.kind == Kind::File {
            return Ok(());
        }
        let mut child = self.child();
        match &*child {
            Some(running) => signal(running, "CONT"),
            None => *child = Some(self.spawn()?),
        }
        let begin = Instant::now();
        while begin.elapsed() < LONGEST_START {
            if self.answers() {
                return Ok(());
            }
            // PostgreSQL doesn't start as long as a process of the one that was killed is still there.
            if child.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|end| end.is_some())) {
                *child = Some(self.spawn()?);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("{:?} did not answer on port {}", self.kind, self.port))
    }

    /// Forgets every row, as somebody does who begins anew while the servers run. Only Redis can, here.
    ///
    /// # Errors
    /// It is not Redis, or does not do it.
    pub fn empty(&self) -> Result<(), String> {
        let done = (self.kind == Kind::Redis).then(|| redis_says(self.port, "FLUSHALL", "+OK"));
        done.flatten().ok_or_else(|| format!("{:?} was not emptied", self.kind))
    }

    /// Its processes: the one that was started, and those which that one has started. A file has none.
    pub fn processes(&self) -> Vec<u32> {
        self.child().as_ref().map(family).unwrap_or_default()
    }

    /// Every byte that it has written to the disk.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        read_all(&self.folder.0, &mut bytes)
            .map_err(|error| format!("{}: {error}", self.folder.0.display()))?;
        Ok(bytes)
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn answers(&self) -> bool {
        match self.kind {
            Kind::File => true,
            Kind::Redis => redis_says(self.port, "PING", "+PONG").is_some(),
            Kind::Postgres => {
                let ready = postgres("pg_isready").map(|path| {
                    let mut ready = Command::new(path);
                    ready.args([
                        "-q",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        &self.port.to_string(),
                    ]);
                    ready.status().is_ok_and(|status| status.success())
                });
                ready.unwrap_or_default()
            }
        }
    }

    fn spawn(&self) -> Result<Child, String> {
        let (port, folder) = (self.port.to_string(), &self.folder.0);
        let mut command = match self.kind {
            Kind::File => return Err("a file is no process".into()),
            Kind::Redis => {
                let mut command = Command::new(redis().unwrap_or_default());
                command.args([
                    "--port",
                    &port,
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                ]);
                if self.lasting {
                    command.args(["--appendonly", "yes"]).args(["--appendfsync", "always"]);
                }
                command.arg("--dir").arg(folder);
                command
            }
            Kind::Postgres => {
                let mut command = as_somebody(&postgres("postgres").unwrap_or_default());
                command.args(["-p", &port, "-h", "127.0.0.1", "-D"]).arg(folder.join("data"));
                command.arg("-k").arg(folder);
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|error| format!("{:?}: {error}", self.kind))
    }

    /// A new, empty database.
    fn prepare(&self) -> Result<(), String> {
        let folder = &self.folder.0;
        if is_root() {
            // PostgreSQL refuses to run as root, so its folder belongs to somebody else.
            let mut chown = Command::new("chown");
            run(chown.arg("nobody").arg(folder))?;
        }
        let mut command = as_somebody(&postgres("initdb").unwrap_or_default());
        command.args([
            "-U",
            "lab",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "-D",
        ]);
        run(command.arg(folder.join("data")))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn redis() -> Option<PathBuf> {
    ["redis-server", "valkey-server"].into_iter().find_map(on_path)
}

/// A program of PostgreSQL: Debian keeps them out of the path, in a folder for each release.
fn postgres(program: &str) -> Option<PathBuf> {
    on_path(program).or_else(|| {
        let releases = fs::read_dir("/usr/lib/postgresql").ok()?;
        let paths = releases.flatten().map(|release| release.path().join("bin").join(program));
        paths.filter(|path| path.is_file()).max()
    })
}

fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn is_root() -> bool {
    let mut id = Command::new("id");
    id.arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// A program, as a user who may run it: somebody else, if this is root.
fn as_somebody(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--clear-groups", "--"]).arg(program);
    command
}

/// It, and the processes that it has started: PostgreSQL has one for each connection.
fn family(child: &Child) -> Vec<u32> {
    let mut list = Command::new("pgrep");
    let children = list.args(["-P", &child.id().to_string()]).output();
    let children = children.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    std::iter::once(child.id()).chain(children).collect()
}

/// Sends a signal to all of its family.
fn signal(child: &Child, name: &str) {
    let send = |name: &str, to: &[u32]| {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}")).args(to.iter().map(u32::to_string));
        // One that is gone already needs no signal.
        let _ = kill.output();
    };
    // While it stands still, it starts nobody who would be missing in the list.
    send("STOP", &[child.id()]);
    send(name, &family(child));
}

/// Whether Redis answers this to that.
fn redis_says(port: u16, command: &str, wanted: &str) -> Option<()> {
    use std::io::{Read, Write};
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
    stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
    let mut answer = vec![0; wanted.len()];
    stream.read_exact(&mut answer).ok()?;
    (answer == wanted.as_bytes()).then_some(())
}

fn read_all(path: &Path, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            read_all(&entry?.path(), bytes)?;
        }
    } else if path.is_file() {
        // A file that went away meanwhile was a temporary one.
        bytes.extend(fs::read(path).unwrap_or_default());
    }
    Ok(())
}
