//! The least HTTP/1.1 that a played server needs: read one request, write one answer, close.
//!
//! Hand-written, because a played server must also be able to break the protocol on purpose:
//! hang up, cut an answer short, send bytes that are no HTTP. A web framework rightly prevents that.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// No head or body that a client of ours sends comes near this; more is refused, so memory stays bounded.
const MAX_BYTES: usize = 256 * 1024;

/// One request as it came over the wire, not yet interpreted.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// The method, as sent: `GET`, `POST`.
    pub method: String,
    /// The request target, as sent: path and query.
    pub target: String,
    /// Name (lower case) and value of each header, in the order sent, repeats kept.
    pub headers: Vec<(String, String)>,
    /// The body, with chunked encoding taken off.
    pub body: Vec<u8>,
}

impl RawRequest {
    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
}

/// One answer to be written.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The status code.
    pub status: u16,
    /// Header names and values, without `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl RawResponse {
    /// An answer with a body of the given media type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }

    /// The same answer with one more header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The bytes on the wire. `Connection: close`: one request per connection keeps the reader simple.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Played\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Reads one request. `None` when the peer closes without a word (a TCP try) or what it says is no HTTP.
pub async fn read_request<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Option<RawRequest> {
    let mut buffer = Vec::new();
    let head_end = loop {
        if let Some(end) = find(&buffer, b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut buffer).await?;
    };
    let mut request = parse_head(std::str::from_utf8(&buffer[..head_end]).ok()?)?;
    let mut rest = buffer.split_off(head_end + 4);
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    request.body = if request
        .header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
    {
        loop {
            if let Some(body) = dechunk(&rest)? {
                break body;
            }
            more(stream, &mut rest).await?;
        }
    } else {
        let wanted =
            request.header("content-length").unwrap_or("0").trim().parse::<usize>().ok()?;
        if wanted > MAX_BYTES {
            return None;
        }
        while rest.len() < wanted {
            more(stream, &mut rest).await?;
        }
        rest.truncate(wanted);
        rest
    };
    Some(request)
}

/// Waits for more bytes. `None` at the end of the stream, on an error, or when the peer never stops.
async fn more<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(buffer).await.ok()?;
    (read > 0 && buffer.len() <= MAX_BYTES).then_some(())
}

fn parse_head(head: &str) -> Option<RawRequest> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target, version) = (first.next()?, first.next()?, first.next()?);
    if !version.starts_with("HTTP/1.") {
        return None;
    }
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some(RawRequest {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body: Vec::new(),
    })
}

/// `Some(None)`: not all chunks are here yet. `None`: these are no chunks (RFC 9112 §7.1).
fn dechunk(mut bytes: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(line_end) = find(bytes, b"\r\n") else {
            return Some(None);
        };
        let line = std::str::from_utf8(&bytes[..line_end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if size > MAX_BYTES {
            return None;
        }
        let start = line_end + 2;
        if bytes.len() < start + size + 2 {
            return Some(None);
        }
        if size == 0 {
            return Some(Some(body));
        }
        body.extend_from_slice(&bytes[start..start + size]);
        bytes = &bytes[start + size + 2..];
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Option<RawRequest> {
        let (mut here, mut there) = tokio::io::duplex(1024);
        there.write_all(bytes).await.unwrap();
        drop(there);
        read_request(&mut here).await
    }

    #[tokio::test]
    async fn a_form_is_read_to_its_last_byte_and_no_further() {
        let request =
            read(b"POST /token HTTP/1.1\r\nContent-Length: 3\r\n\r\na=bIGNORED").await.unwrap();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/token"));
        assert_eq!(request.body, b"a=b");
    }

    #[tokio::test]
    async fn chunks_are_put_together() {
        let bytes = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na=\r\n1;x\r\nb\r\n0\r\n\r\n";
        assert_eq!(read(bytes).await.unwrap().body, b"a=b");
    }

    #[tokio::test]
    async fn a_tcp_try_and_bytes_that_are_no_http_are_no_request() {
        for bytes in [
            b"".as_slice(),
            b"hello\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        ] {
            assert!(read(bytes).await.is_none(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
