//! One kept-alive connection, one request at a time. Hand-written, so that the load costs less CPU than the server.

use std::net::SocketAddr;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A larger answer has failed the run.
const LARGEST_ANSWER: usize = 1 << 20;

/// A connection that is opened when it is first needed, and again when the server has asked to close it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

/// What the server sent back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    head: String,
    /// The body, as text.
    pub body: String,
}

impl Connection {
    /// A connection to this address, not opened yet.
    pub fn new(address: SocketAddr) -> Connection {
        Connection {
            address,
            stream: None,
            received: Vec::new(),
        }
    }

    /// Sends a whole request and waits for the whole answer.
    ///
    /// # Errors
    /// In words: nobody listens, the connection broke, or what came isn't HTTP. How long to wait is up to the caller.
    pub async fn send(&mut self, request: &str) -> Result<Answer, String> {
        let exchanged = self.exchange(request.as_bytes()).await;
        let answer = exchanged.map_err(|trouble| format!("{}: {trouble}", first_line(request)))?;
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer, String> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            empty => empty.insert(open(self.address).await.map_err(|trouble| trouble.to_string())?),
        };
        stream.write_all(request).await.map_err(|trouble| trouble.to_string())?;

        self.received.clear();
        let end = loop {
            more(stream, &mut self.received).await?;
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
        };
        let head = String::from_utf8_lossy(&self.received[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut answer = Answer {
            status: status.ok_or("what came isn't HTTP")?,
            head,
            body: String::new(),
        };
        let length: usize = match answer.header("content-length") {
            Some(length) => length.parse().map_err(|_| "Content-Length is not a number")?,
            None if answer.header("transfer-encoding").is_some() => {
                return Err("answers in chunks aren't supported".into());
            }
            None => 0,
        };
        let whole = (end + 4).saturating_add(length);
        while self.received.len() < whole {
            more(stream, &mut self.received).await?;
        }
        if self.received.len() > whole {
            return Err("more came than one answer".into());
        }
        answer.body = String::from_utf8_lossy(&self.received[end + 4..]).into_owned();
        Ok(answer)
    }
}

async fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn more(stream: &mut TcpStream, received: &mut Vec<u8>) -> Result<(), String> {
    if received.len() > LARGEST_ANSWER {
        return Err("the answer is larger than 1 MiB".into());
    }
    match stream.read_buf(received).await {
        Ok(0) => Err("the connection was closed before the whole answer came".into()),
        Ok(_) => Ok(()),
        Err(trouble) => Err(trouble.to_string()),
    }
}

fn first_line(request: &str) -> &str {
    let line = request.lines().next().unwrap_or_default();
    line.split('?').next().unwrap_or_default()
}

impl Answer {
    /// The first header of that name, in lower case here.
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers(name).next()
    }

    /// Every header of that name, in order.
    pub fn headers(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let lines = self.head.split("\r\n").skip(1);
        lines.filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The answer in one line, for people.
    pub fn describe(&self) -> String {
        let location = self.header("location").unwrap_or("none");
        let body: String = self.body.chars().take(200).collect();
        format!("status {}, Location: {location}, body: {body:?}", self.status)
    }
}
