//! The body of a request: read once, within a bound and a time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use hyper::body::Body as HttpBody;
use hyper::body::Frame;
use tokio::time::timeout;

use crate::limits::MAX_BODY;

/// A body, as far as it came.
#[derive(Debug)]
pub(crate) enum Came {
    /// All of it, or one byte more than a route takes.
    Whole(Bytes),
    /// The sender was too slow.
    TooSlow,
    /// The connection broke off, or the body is no body.
    Broken,
}

/// Reads a body for at most `time`, and not further than one byte beyond the bound: the route says 413 itself.
pub(crate) async fn read<B>(body: B, time: Duration) -> Came
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    timeout(time, collect(body)).await.unwrap_or(Came::TooSlow)
}

async fn collect<B>(mut body: B) -> Came
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let mut whole = Pieces::default();
    while whole.len() <= MAX_BODY {
        match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            None => break,
            Some(Err(_)) => return Came::Broken,
            Some(Ok(frame)) => frame.into_data().map_or((), |piece| whole.push(piece)),
        }
    }
    Came::Whole(whole.join())
}

/// Nearly every form comes in one piece, which is not copied.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    /// All of them, from the second one on.
    joined: Vec<u8>,
}

impl Pieces {
    fn len(&self) -> usize {
        self.first.len().max(self.joined.len())
    }

    fn push(&mut self, piece: Bytes) {
        if self.first.is_empty() {
            self.first = piece;
            return;
        }
        if self.joined.is_empty() {
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&piece);
    }

    fn join(self) -> Bytes {
        let mut whole = match self.joined.is_empty() {
            true => self.first,
            false => self.joined.into(),
        };
        whole.truncate(MAX_BODY + 1);
        whole
    }
}

impl Came {
    /// The form that came, for the log: at most 64 KiB, and only if its type says that it is one.
    pub(crate) fn form(&self, headers: &HeaderMap) -> Option<&[u8]> {
        const FORM: &[u8] = b"application/x-www-form-urlencoded";
        let kind = headers.get(CONTENT_TYPE)?.as_bytes();
        let kind = kind.split(|byte| *byte == b';').next()?.trim_ascii();
        match self {
            Came::Whole(bytes) if bytes.len() <= MAX_BODY => {
                kind.eq_ignore_ascii_case(FORM).then_some(bytes)
            }
            _ => None,
        }
    }

    /// What the route gets. A body that did not come whole fails there, so that each route says it in its own way.
    pub(crate) fn into_body(self) -> Body {
        match self {
            Came::Whole(bytes) => Body::from(bytes),
            Came::TooSlow | Came::Broken => Body::new(Failing),
        }
    }
}

/// A body that cannot be read.
struct Failing;

impl HttpBody for Failing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use axum::http::HeaderValue;

    use super::*;

    /// Pieces that come one by one, and then the end, or nothing for ever.
    struct Slowly(VecDeque<&'static [u8]>, bool);

    impl HttpBody for Slowly {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            match self.0.pop_front() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece))))),
                None if self.1 => Poll::Ready(None),
                None => Poll::Pending,
            }
        }
    }

    async fn came(pieces: &[&'static [u8]], ends: bool) -> Came {
        read(Slowly(pieces.iter().copied().collect(), ends), Duration::from_millis(20)).await
    }

    #[tokio::test]
    async fn pieces_are_joined_in_their_order() {
        for pieces in [
            "a=1&b=2",
            "a=1,,&b,=2",
            ",a=1&b=2",
            "a,=,1,&,b,=,2",
        ] {
            let bytes: Vec<_> = pieces.split(',').map(str::as_bytes).collect();
            let Came::Whole(bytes) = came(&bytes, true).await else {
                panic!("{pieces:?}");
            };
            assert_eq!(bytes, "a=1&b=2");
        }
    }

    #[tokio::test]
    async fn no_more_than_one_byte_beyond_the_bound_is_kept() {
        let large: &'static [u8] = vec![b'a'; MAX_BODY].leak();
        for (pieces, length) in [
            (&[large] as &[_], MAX_BODY),
            (&[large, b"b"], MAX_BODY + 1),
            (&[large, large, large], MAX_BODY + 1),
        ] {
            let Came::Whole(bytes) = came(pieces, true).await else {
                panic!("not whole");
            };
            assert_eq!(bytes.len(), length);
        }
        // What comes after the bound is not waited for.
        assert!(matches!(came(&[large, b"b"], false).await, Came::Whole(_)));
    }

    #[tokio::test]
    async fn a_body_that_stands_still_is_too_slow() {
        assert!(matches!(came(&[b"a=1"], false).await, Came::TooSlow));
    }

    #[test]
    fn only_a_form_within_the_bound_is_shown() {
        let form = |kind: &'static str, length: usize| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            Came::Whole(vec![b'a'; length].into()).form(&headers).is_some()
        };
        assert!(form("application/x-www-form-urlencoded", MAX_BODY));
        assert!(form("Application/X-WWW-Form-URLencoded ; charset=utf-8", 1));
        assert!(!form("application/x-www-form-urlencoded", MAX_BODY + 1));
        assert!(!form("application/json", 1));
        assert!(!form("application/x-www-form-urlencodedx", 1));
    }
}
