//! Bytes over TCP as they are: for requests that no HTTP library sends, and for those that never end.

use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::encoding::origin;
use crate::http::{CLOSED, LARGEST_BODY, LONGEST_ANSWER};
use crate::request::Request;
use crate::verdict::Verdict;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One connection to a server.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    sent: String,
}

impl Wire {
    /// Connects to the server of a URL.
    ///
    /// # Errors
    /// It takes no connection.
    pub async fn open(url: &str) -> Result<Wire, Verdict> {
        let address = authority(url);
        let trouble = match timeout(LONGEST_ANSWER, TcpStream::connect(&address)).await {
            Ok(Ok(stream)) => {
                let sent = String::new();
                return Ok(Wire { stream, sent });
            }
            Ok(Err(trouble)) => trouble.to_string(),
            Err(_) => "nobody took it in time".to_owned(),
        };
        Err(Verdict::failed(format!("a TCP connection to {address}"), "a connection", trouble))
    }

    /// Sends bytes. `false` when the other side has hung up.
    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.sent.push_str(&String::from_utf8_lossy(bytes.as_ref()));
        self.stream.write_all(bytes.as_ref()).await.is_ok() && self.stream.flush().await.is_ok()
    }

    /// Reads one answer whole.
    ///
    /// # Errors
    /// None came in time, or it is not HTTP.
    pub async fn answer(&mut self) -> Result<Answer, Verdict> {
        let request = parsed(&self.sent);
        let mut bytes = Vec::new();
        let got = match timeout(LONGEST_ANSWER, self.read_answer(&mut bytes)).await {
            Ok(true) => return read(&request, &bytes),
            Ok(false) => CLOSED.to_owned(),
            Err(_) => "no whole answer in time".to_owned(),
        };
        Err(Verdict::failed(request.text(), "an answer in HTTP", got))
    }

    /// `true` when the answer is whole: by its `Content-Length`, its last chunk, or the end of the connection.
    async fn read_answer(&mut self, bytes: &mut Vec<u8>) -> bool {
        let mut part = [0; 4096];
        while !is_whole(bytes) && bytes.len() <= LARGEST_BODY {
            match self.stream.read(&mut part).await {
                Ok(0) | Err(_) => return !bytes.is_empty(),
                Ok(length) => bytes.extend_from_slice(&part[..length]),
            }
        }
        true
    }

    /// Waits until the other side hangs up. How long that took; `None` when it did not within `limit`.
    pub async fn closed_within(&mut self, limit: Duration) -> Option<Duration> {
        let begin = Instant::now();
        let mut part = [0; 4096];
        let to_the_end =
            async { while self.stream.read(&mut part).await.is_ok_and(|length| length > 0) {} };
        timeout(limit, to_the_end).await.ok().map(|()| begin.elapsed())
    }
}

/// Sends this text on a connection of its own and reads the answer.
///
/// # Errors
/// No whole answer came.
pub async fn exchange(url: &str, text: &str) -> Result<Answer, Verdict> {
    let mut wire = Wire::open(url).await?;
    wire.say(text).await;
    wire.answer().await
}

/// `localhost:5000` of a URL, with its port said even where it is the usual one.
pub fn authority(url: &str) -> String {
    let origin = origin(url);
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let has_port = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    if has_port {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    }
}

/// What was sent, as a request, for the report.
fn parsed(sent: &str) -> Request {
    let (head, body) = sent.split_once("\r\n\r\n").unwrap_or((sent, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut request =
        Request::new(words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        request = request.header(name, value.trim());
    }
    request.body = (!body.is_empty()).then(|| body.as_bytes().to_vec());
    request
}

/// The end of the head, if it is there.
fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = head_end(bytes) else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return bytes.ends_with(b"0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| bytes.len() >= end + length)
}

fn read(request: &Request, bytes: &[u8]) -> Result<Answer, Verdict> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let Some(status) = status.filter(|_| first.starts_with("HTTP/")) else {
        return Err(Verdict::failed(request.text(), "an answer in HTTP", text));
    };
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Answer {
        request: request.clone(),
        status,
        headers,
        body: body.to_owned(),
        story: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_says_so() {
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"));
        assert!(is_whole(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        ));
    }

    #[test]
    fn an_address_has_its_port() {
        assert_eq!(authority("http://localhost:5000/x?y"), "localhost:5000");
        assert_eq!(authority("http://[::1]"), "[::1]:80");
        assert_eq!(authority("http://[::1]:5000"), "[::1]:5000");
    }
}
