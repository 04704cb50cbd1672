//! The other process of the pair: its notes are fetched over loopback, in a short time and up to a bound.

use std::time::Duration;

use picture::Notes;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::lookup_host;
use tokio::time::timeout;

/// How long the other process may take.
const PATIENCE: Duration = Duration::from_millis(400);

/// The largest answer that is read, in bytes.
pub(super) const MAX: u64 = 4 * 1024 * 1024;

/// The notes of the process at that address.
///
/// # Errors
/// Why there are none: the end of a sentence that begins with its name.
pub(super) async fn notes(url: &str) -> Result<Notes, &'static str> {
    let answer = ask(url, "GET", "/debug/flow?format=json").await?;
    let (head, body) = split(&answer).ok_or("gave an answer that can’t be read")?;
    match head.starts_with("HTTP/1.1 200") {
        true => serde_json::from_slice(body).map_err(|_| "gave an answer that can’t be read"),
        false => Err("keeps its notes to itself (LAB_DEBUG=0?)"),
    }
}

/// Tells the process at that address to start over, too. If it doesn't hear, its notes stay.
pub(super) async fn start_over(url: &str) {
    let _ = ask(url, "POST", "/debug/flow?only=this").await;
}

async fn ask(url: &str, method: &str, target: &str) -> Result<Vec<u8>, &'static str> {
    let host = url.strip_prefix("http://").ok_or("has no address that can be asked")?;
    let wait = timeout(PATIENCE, exchange(host, method, target));
    wait.await.unwrap_or(None).ok_or("doesn’t answer")
}

async fn exchange(host: &str, method: &str, target: &str) -> Option<Vec<u8>> {
    let address = if host.contains(':') {
        host.to_string()
    } else {
        format!("{host}:80")
    };
    for address in lookup_host(address).await.ok()? {
        // Notes are for the eyes of this machine alone, so nobody else is asked for them either.
        if !address.ip().is_loopback() {
            continue;
        }
        let Ok(mut stream) = TcpStream::connect(address).await else {
            continue;
        };
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.take(MAX).read_to_end(&mut answer).await.ok()?;
        return Some(answer);
    }
    None
}

/// Head and body. Ours never come in chunks: their length is known.
fn split(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        });
        url
    }

    #[tokio::test]
    async fn whatever_the_other_one_does_there_is_an_end_to_it() {
        let good =
            answering("HTTP/1.1 200 OK\r\n\r\n{\"part\":\"client\",\"dropped\":0,\"notes\":[]}")
                .await;
        assert_eq!(notes(&good).await.unwrap().part, "client");
        for (answer, why) in [
            ("HTTP/1.1 404 Not Found\r\n\r\n", "keeps its notes to itself (LAB_DEBUG=0?)"),
            ("HTTP/1.1 200 OK\r\n\r\n<html>", "gave an answer that can’t be read"),
            ("nonsense", "gave an answer that can’t be read"),
        ] {
            assert_eq!(notes(&answering(answer).await).await.err(), Some(why));
        }
        assert_eq!(notes("http://127.0.0.1:9").await.err(), Some("doesn’t answer"));
        assert_eq!(notes("http://192.0.2.1:80").await.err(), Some("doesn’t answer"));
    }

    #[tokio::test]
    async fn a_silent_one_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let start = std::time::Instant::now();
        assert_eq!(notes(&url).await.err(), Some("doesn’t answer"));
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}
