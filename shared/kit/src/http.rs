//! One request, one answer: with a time limit, a size limit, no proxy and no redirect followed.

use std::time::Duration;

use crate::answer::Answer;
use crate::patience::Patience;
use crate::request::Request;
use crate::verdict::Verdict;

/// A server that needs longer than this for one answer counts as hanging.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// More of a body than this is not read, and nothing is said about an answer that was not read whole.
pub const LARGEST_BODY: usize = 1 << 20;

/// Sends requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    limit: Duration,
    patience: Option<Patience>,
}

impl Http {
    /// `limit` bounds the time from the first byte sent to the last byte received.
    pub fn new(limit: Duration) -> Self {
        // A learner's HTTP_PROXY must not see localhost. A kept connection to a server that was restarted would fail
        // a check that should pass, so each request has its own.
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap_or_default();
        Http {
            client,
            limit,
            patience: None,
        }
    }

    /// The same, but an address that hung several times in a row is not asked again.
    pub fn remembering_hangs(mut self) -> Self {
        self.patience = Some(Patience::default());
        self
    }

    /// Sends the request as it is.
    ///
    /// # Errors
    /// [`Verdict::Failed`] when no whole answer came: refused, closed, not HTTP, too slow.
    pub async fn send(&self, request: Request) -> Result<Answer, Verdict> {
        let (method, url) = (&request.method, &request.url);
        let failed = |got: String| Err(Verdict::failed(request.text(), "an answer in HTTP", got));
        if self.patience.as_ref().is_some_and(|patience| !patience.lasts(method, url)) {
            let again = format!("{} (as three times before; not asked again)", self.too_late());
            return failed(again);
        }
        let answer = tokio::time::timeout(self.limit, self.exchange(&request)).await;
        if let Some(patience) = &self.patience {
            patience.note(method, url, answer.is_ok());
        }
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => failed(causes(trouble.as_ref())),
            Err(_) => failed(self.too_late()),
        }
    }

    fn too_late(&self) -> String {
        format!("no whole answer within {} seconds", self.limit.as_secs_f32())
    }

    async fn exchange(
        &self,
        request: &Request,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes())?;
        let mut builder = self.client.request(method, &request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name.as_str(), value.as_bytes());
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_BODY {
                return Err(TOO_LONG.into());
            }
        }
        Ok(Answer {
            request: request.clone(),
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            story: Vec::new(),
        })
    }
}

impl Default for Http {
    fn default() -> Self {
        Http::new(LONGEST_ANSWER)
    }
}

/// What went wrong, in words, and the innermost cause behind it: reqwest hides the useful half.
fn causes(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut innermost: &dyn std::error::Error = error;
    let mut refused = false;
    while let Some(cause) = innermost.source() {
        innermost = cause;
        let io = cause.downcast_ref::<std::io::Error>();
        refused |= io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
    }
    let cause = innermost.to_string();
    let is_about = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    let what = if refused {
        NOBODY
    } else if is_about(&[
        "connection closed",
        "reset by peer",
        "unexpected EOF",
        "forcibly closed",
    ]) {
        CLOSED
    } else if is_about(&[TOO_LONG]) {
        return TOO_LONG.to_owned();
    } else if is_about(&[
        "invalid HTTP",
        "invalid header",
        "parsed",
    ]) {
        "what came is not HTTP"
    } else {
        "no answer came"
    };
    format!("{what} ({cause})")
}

/// How a failure begins when the other side hangs up.
pub const CLOSED: &str = "the connection was closed before a whole answer came";

/// How a failure begins when an answer is longer than [`LARGEST_BODY`].
pub const TOO_LONG: &str = "an answer of more than 1 MiB, which was not read to its end";

/// How a failure begins when no program listens at the address.
pub const NOBODY: &str = "nobody listens there";
