//! `cargo lab run` with a small pair of its own: started, watched, ended, killed.

mod support;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use support::Scratch;

/// A process that obeys the lab's rules for processes, with the standard library alone.
const PROCESS: &str = r#"
use std::io::{Read, Write};
fn main() {
    let port: u16 = std::env::var("PORT_SETTING").ok().and_then(|p| p.parse().ok()).unwrap();
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    println!("listening on {port}, colour {:?}", std::env::var("LAB_COLOR").ok());
    std::thread::spawn(|| { let _ = std::io::stdin().read_to_end(&mut Vec::new()); std::process::exit(0) });
    for mut stream in listener.incoming().flatten() {
        let mut request = [0; 512];
        let length = stream.read(&mut request).unwrap_or(0);
        if request[..length].starts_with(b"GET /die") { eprintln!("last words"); std::process::exit(7) }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
}
"#;

fn workspace() -> Scratch {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nedition = \"2021\"\n\n[[bin]]\nname = \"{name}-server\"\npath = \"server/main.rs\"\n\n\
             [[bin]]\nname = \"{name}-client\"\npath = \"client/main.rs\"\n"
        )
    };
    Scratch::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"versions/*\"]\n"),
        ("versions/v01-first/Cargo.toml", &manifest("v01")),
        ("versions/v01-first/server/main.rs", &PROCESS.replace("PORT_SETTING", "AUTH_SERVER_PORT")),
        ("versions/v01-first/client/main.rs", &PROCESS.replace("PORT_SETTING", "CLIENT_APP_PORT")),
        ("versions/v01-first/rung.toml", "idea = \"The first idea.\"\n"),
    ])
}

/// Two ports that were free a moment ago.
fn ports() -> (u16, u16) {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let [first, second] =
        listeners.map(|listener| listener.local_addr().expect("an address").port());
    (first, second)
}

/// `lab run` on its way, with the lines that it has printed.
struct Run {
    lab: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Run {
    fn start(scratch: &Scratch, (server, client): (u16, u16)) -> Run {
        let mut lab = support::lab();
        lab.current_dir(&scratch.root).args([
            "run",
            "v01",
            "--ports",
            &format!("{server},{client}"),
        ]);
        lab.env_remove("CARGO_MANIFEST_DIR").env("CARGO_TARGET_DIR", scratch.root.join("target"));
        let mut lab =
            lab.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("lab can be started");
        let output = BufReader::new(lab.stdout.take().expect("piped"));
        Run { lab, output }
    }

    /// Reads lines until each of `texts` has come, in any order: the lines of three processes mix. Returns all of them.
    fn until(&mut self, texts: &[&str]) -> String {
        let mut read = String::new();
        while let Some(missing) = texts.iter().find(|text| !read.contains(**text)) {
            let length = self.output.read_line(&mut read).expect("lab's output can be read");
            assert!(length > 0, "lab ended before it said `{missing}`:\n{read}");
        }
        read
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.lab.kill();
        let _ = self.lab.wait();
    }
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

fn ends_soon(port: u16) -> bool {
    let deadline = Instant::now() + Duration::from_secs(5);
    while answers(port) {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
    true
}

#[test]
fn a_pair_runs_and_a_killed_lab_leaves_no_child() {
    let scratch = workspace();
    let (server, client) = ports();
    let mut run = Run::start(&scratch, (server, client));
    let said = run.until(&[
        &format!("listening on {server}, colour None\n"),
        &format!("listening on {client}, colour None\n"),
        "v01-first  The first idea.\n",
        &format!("http://localhost:{client}   click \"Start authorization\" here"),
        "user0 with password0",
        "Ctrl-C ends everything.\n",
    ]);
    assert!(!said.contains('\x1b'), "no colours where nobody sees them: {said:?}");
    assert!(answers(server) && answers(client));
    // Not asked, not told: as by SIGKILL, or by Windows' task manager.
    run.lab.kill().expect("lab can be killed");
    assert!(ends_soon(server) && ends_soon(client), "a child outlived lab");
}

#[test]
fn when_one_dies_the_other_ends_and_the_reason_is_told() {
    let scratch = workspace();
    let (server, client) = ports();
    let mut run = Run::start(&scratch, (server, client));
    run.until(&["Ctrl-C ends everything"]);
    let mut stream = TcpStream::connect(("127.0.0.1", client)).expect("the client listens");
    std::io::Write::write_all(&mut stream, b"GET /die HTTP/1.1\r\n\r\n").expect("it can be asked");
    run.until(&["last words"]);
    let status = run.lab.wait().expect("lab ends");
    assert_eq!(status.code(), Some(1));
    assert!(ends_soon(server));
    let errors = std::io::read_to_string(run.lab.stderr.take().expect("piped")).expect("text");
    assert!(errors.contains("v01-client has ended"), "{errors}");
    assert!(errors.contains("The rest was ended too."), "{errors}");
}

#[test]
fn a_taken_port_and_a_broken_build_are_said_plainly() {
    let scratch = workspace();
    // Taken before its number is known: nobody can be faster.
    let other = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let (server, client) = (ports().0, other.local_addr().expect("bound").port());
    let arguments = [
        "run",
        "v01",
        "--ports",
        &format!("{server},{client}"),
    ];
    let taken = scratch.lab(&arguments);
    assert_eq!(taken.code, Some(1));
    assert!(taken.err.contains(&format!("Port {client} is taken by ")), "{}", taken.err);
    assert!(taken.err.contains("--ports 5010,5011"), "{}", taken.err);
    assert!(!scratch.exists("target"), "nothing is built for a port that is taken");
    drop(other);

    scratch.write("versions/v01-first/client/main.rs", "fn main() { nonsense }\n");
    let broken = scratch.lab(&arguments);
    assert_eq!(broken.code, Some(1));
    assert!(broken.err.contains("cannot find value `nonsense`"), "{}", broken.err);
    assert!(
        broken.err.trim_end().lines().last().is_some_and(|line| !line.contains("lab")),
        "{}",
        broken.err
    );
    assert!(broken.out.is_empty(), "{}", broken.out);
}
