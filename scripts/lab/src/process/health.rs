//! Asking a process whether it is ready: a bare HTTP request, so that `lab` needs no HTTP library.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long one try may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether `GET /healthz` at `port` of `127.0.0.1` answers 200.
pub fn answers(port: u16) -> bool {
    status(SocketAddr::from(([127, 0, 0, 1], port))) == Some(200)
}

/// The status with which `GET /healthz` is answered at `address`; none if there is no answer in HTTP.
pub fn status(address: SocketAddr) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let port = address.port();
    let request =
        format!("GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    // "HTTP/1.1 200" is all that matters, and a process that is not ours may never stop talking.
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    let head = std::str::from_utf8(&head).ok()?;
    head.strip_prefix("HTTP/1.")?.get(2..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    fn server(answer: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        });
        port
    }

    #[test]
    fn only_a_200_counts() {
        assert!(answers(server(b"HTTP/1.1 200 OK\r\n\r\nok")));
        assert!(!answers(server(b"HTTP/1.1 404 Not Found\r\n\r\n")));
        assert!(!answers(server(b"SSH-2.0-not-http-at-all\r\n")));
        assert!(!answers(server(b"")));
    }

    #[test]
    fn nobody_there_is_no_answer() {
        let port = TcpListener::bind("127.0.0.1:0")
            .expect("a free port")
            .local_addr()
            .expect("an address")
            .port();
        assert!(!answers(port));
    }
}
