//! The bytes of one connection: its seat hears of every one, and a browser that speaks https is told from the first.

use std::io::Error;
use std::io::ErrorKind;
use std::io::IoSlice;
use std::io::Result;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::task::Context;
use std::task::Poll;
use std::task::ready;
use std::time::Duration;
use std::time::Instant;

use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use crate::notice;
use crate::seats::Seat;

/// The first byte of a TLS handshake record (RFC 8446 §5.1). No HTTP request begins so.
const TLS_HANDSHAKE: u8 = 0x16;

/// A browser tries several times for one page: one line is enough for all of them.
const TELL_AGAIN: Duration = Duration::from_secs(2);

/// A connection whose progress is noted at its seat.
pub(crate) struct Wire {
    stream: TcpStream,
    seat: Arc<Seat>,
    /// Whether no byte has come yet.
    new: bool,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, seat: Arc<Seat>) -> Wire {
        let new = true;
        Wire { stream, seat, new }
    }

    fn noted(&self, gone: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if matches!(gone, Poll::Ready(Ok(count)) if count > 0) {
            self.seat.went();
        }
        gone
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let Some(first) = buffer.filled().get(before).copied() else {
            return Poll::Ready(Ok(()));
        };
        if std::mem::take(&mut self.new) && first == TLS_HANDSHAKE {
            tell_of_https(&self.stream);
            return Poll::Ready(Err(Error::from(ErrorKind::InvalidData)));
        }
        self.seat.came();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let gone = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noted(gone)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let gone = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.noted(gone)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

fn tell_of_https(stream: &TcpStream) {
    static TOLD: Mutex<Option<Instant>> = Mutex::new(None);
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.is_none_or(|told| told.elapsed() >= TELL_AGAIN) {
        *told = Some(Instant::now());
        let port = stream.local_addr().map_or(0, |address| address.port());
        notice(&format!(
            "a browser speaks https here, and this port speaks http: open http://localhost:{port}"
        ));
    }
}
