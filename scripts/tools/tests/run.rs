//! `cargo lab run` with a small pair of its own: started, watched, ended, killed.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lab::versions::Versions;
use support::Scratch;

/// A process that obeys the lab's rules for processes, with the standard library alone.
const PROCESS: &str = r#"
use std::io::{Read, Write};
fn main() {
    let port: u16 = std::env::var("PORT_SETTING").ok().and_then(|p| p.parse().ok()).unwrap();
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    println!("listening on {port}, colour {:?}", std::env::var("LAB_COLOR").ok());
    let [mark, url, store, secret] =
        ["LAB_LOG_MARK", "AUTH_SERVER_URL", "LAB_STORE", "JWT_SECRET"].map(|name| std::env::var(name).unwrap_or("-".into()));
    if store == "redis://nobody:1" { eprintln!("LAB_STORE: nobody answers"); std::process::exit(1) }
    println!("[{mark}] {port} url {url} store {store} secret {secret}");
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
        ("versions/v02-shared/Cargo.toml", &manifest("v02")),
        (
            "versions/v02-shared/server/main.rs",
            &PROCESS.replace("PORT_SETTING", "AUTH_SERVER_PORT"),
        ),
        ("versions/v02-shared/client/main.rs", &PROCESS.replace("PORT_SETTING", "CLIENT_APP_PORT")),
        (
            "versions/v02-shared/rung.toml",
            "idea = \"The second idea.\"\nbrings = [\"shared-store\"]\n",
        ),
    ])
}

/// Ports for two servers and a client that were free a moment ago.
fn three_ports() -> (u16, u16, u16) {
    loop {
        let (server, client) = ports();
        let second = server.saturating_add(100);
        if second != client && TcpListener::bind(("127.0.0.1", second)).is_ok() {
            return (server, second, client);
        }
    }
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
    fn start(scratch: &Scratch, ports: (u16, u16)) -> Run {
        Run::with(scratch, "v01", ports, &[])
    }

    fn with(scratch: &Scratch, version: &str, ports: (u16, u16), options: &[&str]) -> Run {
        let mut lab = support::lab();
        lab.current_dir(&scratch.root);
        lab.env_remove("CARGO_MANIFEST_DIR").env("CARGO_TARGET_DIR", scratch.root.join("target"));
        Run::of(lab, version, ports, options)
    }

    fn of(mut lab: Command, version: &str, (server, client): (u16, u16), options: &[&str]) -> Run {
        lab.args([
            "run",
            version,
            "--ports",
            &format!("{server},{client}"),
        ]);
        lab.args(options).env_remove("LAB_STORE").env_remove("JWT_SECRET");
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
    stream.write_all(b"GET /die HTTP/1.1\r\n\r\n").expect("it can be asked");
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

/// What follows `label` in `said`, once for each time that it stands there.
fn values<'a>(said: &'a str, label: &str) -> Vec<&'a str> {
    said.split(label).skip(1).filter_map(|rest| rest.split_whitespace().next()).collect()
}

#[test]
fn several_servers_get_one_address_one_store_and_one_secret_that_stays() {
    let scratch = workspace();
    let (server, second, client) = three_ports();
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let mut run = Run::with(&scratch, "v02", (server, client), &["--instances", "2"]);
        let said = run.until(&[
            "The servers share a file, ",
            "--store redis://HOST:PORT",
            "signs access tokens, in the next run, too.\n",
            &format!("[{server}] {server} url http://localhost:{server} store file:"),
            &format!("[{second}] {second} url http://localhost:{server} store file:"),
            &format!("[-] {client} url http://localhost:{server} store - secret -\n"),
            &format!("server  http://localhost:{server}   the authorization server"),
            &format!("server  http://localhost:{second}   the same store\n"),
            &format!("client  http://localhost:{client}   click"),
            "Ctrl-C ends everything.\n",
        ]);
        let file = scratch.root.join("target").join("lab-v02-shared.redb");
        let store = format!(" store file:{} secret ", file.display());
        assert_eq!(said.matches(&store).count(), 2, "{said}");
        secrets.extend(values(&said, &store).into_iter().map(str::to_string));
        run.lab.kill().expect("lab can be killed");
        let gone = [server, second, client].map(ends_soon);
        assert_eq!(gone, [true; 3], "a child outlived lab");
    }
    assert_eq!(secrets.len(), 4);
    assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{secrets:?}");
    assert_eq!(secrets[0].len(), 43, "32 bytes, base64url");
}

#[test]
fn the_secret_of_an_engine_ends_with_the_run_and_one_server_is_as_before() {
    let scratch = workspace();
    let (server, client) = ports();
    let mut run = Run::with(&scratch, "v02", (server, client), &["--store", "redis://h:1"]);
    let said = run.until(&[
        "they end with this run.\n",
        &format!("[-] {server} url "),
        &format!("[-] {client} url http://localhost:{server} store - secret -\n"),
        "Ctrl-C ends everything.",
    ]);
    let shared = values(&said, " store redis://h:1 secret ");
    assert!(shared.len() == 1 && shared[0].len() == 43, "{said}");
    drop(run);
    assert!(ends_soon(server) && ends_soon(client));
    Run::with(&scratch, "v02", (server, client), &[]).until(&[
        &format!("[-] {server} url http://localhost:{server} store - secret -\n"),
        &format!("[-] {client} url http://localhost:{server} store - secret -\n"),
    ]);
}

#[test]
fn what_cannot_be_shared_is_refused_before_anything_is_built() {
    let scratch = workspace();
    let refused = |arguments: &[&str], wanted: &[&str]| {
        let ran = scratch.lab(&[&["run"], arguments].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        for wanted in wanted {
            assert!(ran.err.contains(wanted), "{arguments:?}: {}", ran.err);
        }
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    };
    let memory = [
        "memory: is one process's own",
        "--store file:PATH",
    ];
    refused(
        &[
            "v02",
            "--instances",
            "2",
            "--store",
            "memory:",
        ],
        &memory,
    );
    let first = [
        "v01-first keeps everything in its own memory",
        "v02-shared: cargo lab run v02",
    ];
    refused(&["v01", "--instances", "2"], &first);
    refused(&["v01", "--store", "file:x"], &first);
    refused(
        &[
            "v02",
            "--store",
            "mysql://lab:hunter2@h/lab",
        ],
        &["--store names no store"],
    );
    refused(&["v02", "--instances", "0"], &["1..=9"]);
    refused(
        &[
            "v02",
            "--instances",
            "2",
            "--client-only",
        ],
        &["cannot be used with"],
    );
    refused(
        &[
            "v02",
            "--instances",
            "2",
            "--ports",
            "65500,5001",
        ],
        &["port 65600"],
    );
    refused(
        &[
            "v02",
            "--instances",
            "2",
            "--ports",
            "5000,5100",
        ],
        &["the port of the client"],
    );
    assert!(!scratch.exists("target"));
}

#[test]
fn a_store_that_nobody_can_use_is_said_once_and_ends_all() {
    let scratch = workspace();
    let (server, second, client) = three_ports();
    let options = [
        "--instances",
        "2",
        "--store",
        "redis://nobody:1",
    ];
    let mut run = Run::with(&scratch, "v02", (server, client), &options);
    let status = run.lab.wait().expect("lab ends");
    assert_eq!(status.code(), Some(1));
    let out = std::io::read_to_string(&mut run.output).expect("text");
    assert_eq!(out.matches("LAB_STORE: nobody answers").count(), 1, "{out}");
    let errors = std::io::read_to_string(run.lab.stderr.take().expect("piped")).expect("text");
    let name = format!("v02-server (port {server}) did not start. Its reason is the line above");
    assert!(errors.contains(&name), "{errors}");
    assert_eq!([server, second, client].map(answers), [false; 3]);
}

#[test]
fn the_port_of_a_further_server_is_named_when_it_is_taken() {
    let scratch = workspace();
    let (server, second, client) = three_ports();
    let _other = TcpListener::bind(("127.0.0.1", second)).expect("a free port");
    let ports = format!("{server},{client}");
    let taken = scratch.lab(&[
        "run",
        "v02",
        "--instances",
        "2",
        "--ports",
        &ports,
    ]);
    assert_eq!(taken.code, Some(1));
    assert!(taken.err.contains(&format!("Port {second} is taken by ")), "{}", taken.err);
    assert!(taken.err.contains("--ports 5010,5011"), "{}", taken.err);
}

/// The answer to a request at `port`, as text.
fn ask(port: u16, line: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("it can be asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

#[test]
fn two_servers_of_the_ladder_share_a_file() {
    const KNOWN: &str = "You are logged in here as <strong>user0</strong>";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(&root).expect("the ladder");
    let version = versions.first_with("shared-store").expect("one brings it");
    let (server, second, client) = three_ports();
    // A folder that goes away with the test.
    let scratch = Scratch::new(&[]);
    let store = format!("file:{}", scratch.root.join("rows.redb").display());
    let mut lab = support::lab();
    lab.current_dir(&root);
    let options = ["--instances", "2", "--store", &store];
    let mut run = Run::of(lab, &version.name, (server, client), &options);
    run.until(&[
        &format!("server {server}] listening on http://localhost:{server}\n"),
        &format!("server {second}] listening on http://localhost:{second}\n"),
        "client] listening on ",
        "Ctrl-C ends everything.\n",
    ]);
    for port in [server, second, client] {
        assert!(ask(port, "GET /healthz", "", "").starts_with("HTTP/1.1 200"), "{port}");
    }
    for port in [server, second] {
        let home = ask(port, "GET /", "", "");
        assert!(home.contains(&format!("port {port}")), "{home}");
        assert!(!home.contains(KNOWN), "{home}");
    }
    // Who logs in at one is known at the other.
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let login = ask(server, "POST /login", form, "username=user0&password=password0");
    let cookie = values(&login, "set-cookie: ").concat();
    let home = ask(second, "GET /", &format!("Cookie: {cookie}\r\n"), "");
    assert!(home.contains(KNOWN), "{login}\n{home}");
    interrupt(&mut run.lab);
    let gone = [server, second, client].map(ends_soon);
    assert_eq!(gone, [true; 3], "Ctrl-C left a child");
}

/// Ctrl-C, where there is a program that sends it; an end without a word elsewhere.
fn interrupt(lab: &mut Child) {
    if cfg!(unix) {
        // Whoever tests in the background of a script has a shell that lets its children ignore the first.
        for signal in ["-INT", "-TERM"] {
            let sent = Command::new("kill").args([signal, &lab.id().to_string()]).status();
            assert!(sent.expect("the system has it").success());
        }
    } else {
        lab.kill().expect("lab can be killed");
    }
}
