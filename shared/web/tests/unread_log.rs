//! A process whose standard output nobody reads goes on serving, and says later what it could not write.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

/// Each makes two lines: far more than a pipe and the queue behind it hold.
const REQUESTS: usize = 4000;

/// The process under test: this very file, started a second time.
#[tokio::test]
#[ignore = "it is started by the test below"]
async fn child() {
    let _ = web::run(web::Role::AuthorizationServer, "v00", "nowhere", |_| Ok(axum::Router::new()))
        .await;
}

struct Serving {
    child: Child,
    port: u16,
}

impl Serving {
    fn start() -> Serving {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "child",
            ])
            .env("AUTH_SERVER_PORT", port.to_string())
            .env("CLIENT_APP_PORT", other.to_string())
            .env_remove("COLUMNS")
            .env_remove("LAB_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Serving { child, port }
    }

    fn connect(&self) -> TcpStream {
        let start = Instant::now();
        loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => return stream,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(10), "{error}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn nobody_reads_the_log_and_the_process_serves() {
    let mut serving = Serving::start();
    let mut stream = serving.connect();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let asked = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let path = "x".repeat(50);
    let told = format!("HEAD /{path}?error={path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let start = Instant::now();
    for _ in 0..REQUESTS {
        stream.write_all(told.as_bytes()).unwrap();
        assert!(read_head(&mut stream).starts_with("HTTP/1.1 404"));
    }
    stream.write_all(asked.as_bytes()).unwrap();
    assert!(read_head(&mut stream).starts_with("HTTP/1.1 200"));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());

    // Somebody reads at last: the oldest lines come first, then the count of those that are lost.
    let stdout = BufReader::new(serving.child.stdout.take().unwrap());
    let mut written = 0;
    for line in stdout.lines().map_while(Result::ok) {
        if let Some((_, lost)) = line.split_once("… ") {
            let lost: usize = lost.split(' ').next().unwrap().parse().unwrap();
            assert!(lost > 0 && written + lost == 2 * REQUESTS, "{written} + {lost}");
            return;
        }
        written += usize::from(line.contains("browser "));
    }
    panic!("the log ended without a word of what was lost, after {written} lines");
}

/// Reads up to the blank line, and of a body what came with it.
fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut byte).unwrap();
        assert!(count > 0, "the connection was closed");
        head.extend_from_slice(&byte[..count]);
    }
    String::from_utf8_lossy(&head).into_owned()
}
