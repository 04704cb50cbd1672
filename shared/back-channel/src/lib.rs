//! A bounded HTTP request from one process to another, told in the log: nothing of OAuth is in here.
//!
//! - [`client`] makes the HTTP client once, at the start.
//! - [`send`] sends one request and reads the answer, as far as that is bearable.
//! - [`Answer::json`] says in a sentence what is wrong with an answer that cannot be used.

mod answer;
mod sentence;

use std::fmt;
use std::time::Duration;

use reqwest::Client;
use reqwest::Method;
use reqwest::Request;
use reqwest::RequestBuilder;
use reqwest::Response;
use reqwest::header::ACCEPT;
use reqwest::header::ACCEPT_ENCODING;
use reqwest::header::AUTHORIZATION;
use reqwest::header::HeaderMap;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use web::Sent;

pub use answer::Answer;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// How long a request may take, from the first byte sent to the last one read.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer, or none that can be used. Its text is one sentence for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody answered, or not to the end, or not in time.
    Unreachable,
    /// The answer is larger than 64 KiB. The rest was not read.
    TooLarge,
    /// The answer is not what it should be: what is wrong with it, without a full stop.
    Unusable(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unreachable => formatter.write_str("It didn't answer, or not in time."),
            Failure::TooLarge => formatter.write_str("The answer is larger than 64 KiB."),
            Failure::Unusable(why) => write!(formatter, "What is wrong with it: {why}."),
        }
    }
}

/// The HTTP client of this process.
///
/// It uses no proxy, because both processes are on this machine, and follows no redirect: a token endpoint answers
/// itself, and following would take a secret elsewhere. It asks for JSON without any content coding.
pub fn client() -> Client {
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ]);
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(PATIENCE)
        .default_headers(headers)
        .build()
        // Only TLS or a resolver could fail here, and neither is compiled in.
        .expect("an HTTP client without TLS can be made")
}

/// Sends one request and reads its answer, whatever its status. Both are told in the log, secrets shortened.
///
/// # Errors
/// [`Failure`]: there is no answer, or no end to it. A request that cannot be sent at all is `Unreachable`, too.
pub async fn send(request: RequestBuilder) -> Result<Answer, Failure> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| {
        web::notice(&format!("this request cannot be sent: {error}"));
        Failure::Unreachable
    })?;
    let sent = tell(&request);
    match exchange(&client, request).await {
        Ok(answer) => {
            sent.answered(answer.status, &answer.headers, answer.body());
            Ok(answer)
        }
        Err((failure, why)) => {
            sent.failed(&why);
            Err(failure)
        }
    }
}

fn tell(request: &Request) -> Sent {
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // What is no form is not shown: nobody knows where in it the secrets are.
    let form = match request.method() {
        &Method::POST => request.body().and_then(|body| body.as_bytes()).unwrap_or_default(),
        _ => &[],
    };
    let form = std::str::from_utf8(form).unwrap_or_default();
    Sent::of(request.method().as_str(), request.url().as_str(), authorization, form)
}

async fn exchange(client: &Client, request: Request) -> Result<Answer, (Failure, String)> {
    let response = client.execute(request).await.map_err(|error| unreachable(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = read(response).await?;
    Ok(Answer::new(status, headers, body))
}

/// The body, as far as it is bearable.
async fn read(mut response: Response) -> Result<Vec<u8>, (Failure, String)> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            let why = format!("{}, but more than 64 KiB: the rest was not read", response.status());
            return Err((Failure::TooLarge, why));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(error: &reqwest::Error) -> (Failure, String) {
    let why = if error.is_connect() {
        "no answer: nobody listens there"
    } else if error.is_timeout() {
        "no answer within ten seconds"
    } else {
        "no whole answer: the connection broke"
    };
    (Failure::Unreachable, why.to_string())
}
