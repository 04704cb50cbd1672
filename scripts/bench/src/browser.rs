//! One browser and the client behind it: a cookie jar, two connections, and complete flows whose every answer is checked.

use std::collections::BTreeMap;
use std::time::Duration;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::floor;
use crate::form::encode;
use crate::form::fill;
use crate::http::Answer;
use crate::http::Connection;
use crate::target::CLIENT_ID;
use crate::target::CLIENT_SECRET;
use crate::target::REDIRECT_URI;
use crate::target::Target;

/// A login takes fewer pages than this.
const MOST_STEPS: usize = 8;

/// The longest `state` that the lab's server takes, in bytes.
const LONGEST_STATE: usize = 1024;

/// A browser (front channel) and the client that it talks to (back channel), on a connection each.
#[derive(Debug)]
pub struct Browser {
    target: Target,
    host: String,
    back_host: String,
    user: (&'static str, &'static str),
    cookies: BTreeMap<String, String>,
    front: Connection,
    back: Connection,
    basic: String,
    last_code: String,
    held: Option<Tokens>,
}

/// What a refresh is called among the requests.
pub const REFRESH: &str = "/token, refresh";

/// A request, and what the server said.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// The request's path; both of `/token` have their grant with it.
    pub step: &'static str,
    /// What came.
    pub said: Said,
    /// When it was sent.
    pub sent: Instant,
    /// From then to its answer.
    pub took: Duration,
}

/// What a server can say that may have lost its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// What was asked for.
    Yes,
    /// Try again later: 503, or `temporarily_unavailable` by way of the browser.
    Later,
    /// Another error.
    No,
}

/// What the client sends to `/authorize`, and has to remember until the code comes.
struct Pending {
    path: String,
    state: String,
    code_verifier: String,
}

/// What the client got from `/token`.
#[derive(Debug)]
struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
}

impl Browser {
    /// The browser with that number, logged in nowhere, and the server that the client behind it speaks to.
    pub fn new(target: Target, back: Target, number: usize) -> Browser {
        let basic = STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
        Browser {
            target,
            host: target.host(),
            back_host: back.host(),
            user: target.user(number),
            cookies: BTreeMap::new(),
            front: Connection::new(target.address()),
            back: Connection::new(back.address()),
            basic,
            last_code: String::new(),
            held: None,
        }
    }

    /// The requests of a flow and a refresh, as far as they get, with each answer as it comes.
    ///
    /// # Errors
    /// No answer, or one that this server must never give.
    pub async fn try_all(&mut self, heard: &mut Vec<Heard>) -> Result<(), String> {
        let pending = self.pending();
        let sent = Instant::now();
        let answer = self.get(&pending.path).await?;
        let code = match answer.header("location") {
            Some(location) if location.contains("error=temporarily_unavailable") => None,
            Some(_) => self.code(&answer, &pending.state).transpose()?,
            None => None,
        };
        heard.push(Heard::new("/authorize", sent, said(code.is_some(), &answer)));
        if let Some(code) = code {
            let body = redemption(&code, &pending.code_verifier);
            self.hold("/token, code", body, heard).await?;
        }
        if let Some(held) = &self.held {
            let token = held.refresh_token.as_ref().ok_or("/token: refresh_token is missing")?;
            let body = format!("grant_type=refresh_token&refresh_token={}", encode(token));
            self.hold(REFRESH, body, heard).await?;
        }
        if let Some(held) = &self.held {
            let request = api(&self.back_host, &held.access_token);
            let sent = Instant::now();
            let answer = self.back.send(&request).await?;
            heard.push(Heard::new("/api/me", sent, said(answer.status == 200, &answer)));
        }
        Ok(())
    }

    /// Asks for tokens. On 503 the old ones are kept, and on any other error thrown away.
    async fn hold(
        &mut self,
        step: &'static str,
        body: String,
        heard: &mut Vec<Heard>,
    ) -> Result<(), String> {
        let sent = Instant::now();
        let answer = self.post_token(&body).await?;
        let said = said(answer.status == 200, &answer);
        heard.push(Heard::new(step, sent, said));
        match said {
            Said::Yes => self.held = Some(self.read_tokens(&answer)?),
            Said::Later => {}
            Said::No => self.held = None,
        }
        Ok(())
    }

    /// A complete flow with the session as it is: `/authorize` answers with the code at once; then token and API.
    ///
    /// # Errors
    /// In words, as with every step below: the first answer that is not as it must be.
    pub async fn flow(&mut self) -> Result<(), String> {
        let tokens = self.tokens().await?;
        self.call_api(&tokens.access_token).await
    }

    /// A complete flow whose tokens are refreshed that many times before the API is called with the newest.
    ///
    /// # Errors
    /// See [`Browser::flow`].
    pub async fn flow_with_refreshes(&mut self, refreshes: u32) -> Result<(), String> {
        let tokens = self.tokens().await?;
        let tokens = self.refresh(tokens, refreshes).await?;
        self.call_api(&tokens.access_token).await
    }

    /// Forgets every cookie, logs in over the form, and completes the flow that led there.
    ///
    /// # Errors
    /// See [`Browser::flow`].
    pub async fn log_in(&mut self, refreshes: u32) -> Result<(), String> {
        self.cookies.clear();
        let pending = self.pending();
        let mut answer = self.get(&pending.path).await?;
        for _ in 0..MOST_STEPS {
            if let Some(code) = self.code(&answer, &pending.state) {
                let code = code?;
                let tokens = self.redeem(&code, &pending.code_verifier).await?;
                let tokens = self.refresh(tokens, refreshes).await?;
                return self.call_api(&tokens.access_token).await;
            }
            answer = self.next_page(&answer).await?;
        }
        Err(format!("the login did not end after {MOST_STEPS} pages"))
    }

    /// `/authorize` by nobody, with the longest `state` that is allowed: the server has to remember it, and asks for a login.
    ///
    /// # Errors
    /// See [`Browser::flow`].
    pub async fn ask_anonymously(&mut self) -> Result<(), String> {
        self.cookies.clear();
        let state = random().repeat(LONGEST_STATE / 43 + 1);
        let path = authorize(&state[..LONGEST_STATE], &challenge(&random()));
        let answer = self.get(&path).await?;
        match answer.header("location") {
            Some(location) if answer.status == 303 && location.starts_with("/login") => Ok(()),
            _ => Err(wrong("/authorize", "303 to /login", &answer)),
        }
    }

    async fn tokens(&mut self) -> Result<Tokens, String> {
        let pending = self.pending();
        let answer = self.get(&pending.path).await?;
        let code = self.code(&answer, &pending.state);
        let code = code.ok_or_else(|| wrong("/authorize", "303 to the client", &answer))??;
        self.redeem(&code, &pending.code_verifier).await
    }

    fn pending(&self) -> Pending {
        let code_verifier = random();
        let state = if self.target.constant {
            floor::STATE.to_owned()
        } else {
            random()
        };
        Pending {
            path: authorize(&state, &challenge(&code_verifier)),
            state,
            code_verifier,
        }
    }

    /// The code, if this answer leads back to the client. It must be a new one, beside the state that was sent.
    fn code(&mut self, answer: &Answer, state: &str) -> Option<Result<String, String>> {
        let query = answer.header("location")?.strip_prefix(REDIRECT_URI)?.strip_prefix('?')?;
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        let code = value("code=").unwrap_or_default();
        let good = answer.status == 303
            && value("state=") == Some(state)
            && !code.is_empty()
            && (self.target.constant || code != self.last_code);
        if !good {
            return Some(Err(wrong("/authorize", "303, a new code and the same state", answer)));
        }
        self.last_code = code.to_owned();
        Some(Ok(self.last_code.clone()))
    }

    async fn redeem(&mut self, code: &str, code_verifier: &str) -> Result<Tokens, String> {
        self.ask_token(&redemption(code, code_verifier)).await
    }

    async fn refresh(&mut self, mut tokens: Tokens, times: u32) -> Result<Tokens, String> {
        for _ in 0..times {
            let old = tokens.refresh_token.ok_or("/token: refresh_token is missing")?;
            let body = format!("grant_type=refresh_token&refresh_token={}", encode(&old));
            tokens = self.ask_token(&body).await?;
            if !self.target.constant && tokens.refresh_token.as_ref() == Some(&old) {
                return Err("/token: the refresh token was not rotated".into());
            }
        }
        Ok(tokens)
    }

    async fn ask_token(&mut self, body: &str) -> Result<Tokens, String> {
        let answer = self.post_token(body).await?;
        self.read_tokens(&answer)
    }

    async fn post_token(&mut self, body: &str) -> Result<Answer, String> {
        let headers = format!("Authorization: Basic {}\r\n", self.basic);
        let request = post("/token", &self.back_host, &headers, body);
        self.back.send(&request).await
    }

    fn read_tokens(&self, answer: &Answer) -> Result<Tokens, String> {
        let json = json("/token", answer)?;
        let text = |name: &str| json[name].as_str().filter(|text| !text.is_empty());
        let bearer = text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        let lasts = json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
        match text("access_token") {
            Some(access_token) if bearer && lasts => Ok(Tokens {
                access_token: access_token.to_owned(),
                refresh_token: text("refresh_token").map(str::to_owned),
            }),
            _ => Err(wrong("/token", "access_token, token_type and expires_in", answer)),
        }
    }

    async fn call_api(&mut self, access_token: &str) -> Result<(), String> {
        let answer = self.back.send(&api(&self.back_host, access_token)).await?;
        let json = json("/api/me", &answer)?;
        if json["sub"] != self.user.0 || json["client_id"] != CLIENT_ID {
            return Err(wrong("/api/me", "this user's sub and our client_id", &answer));
        }
        Ok(())
    }

    /// Follows a redirect on the server, or fills in its form.
    async fn next_page(&mut self, answer: &Answer) -> Result<Answer, String> {
        if let Some(location) = answer.header("location") {
            let origin = format!("http://{}", self.host);
            let path = location.strip_prefix(&origin).unwrap_or(location).to_owned();
            if !path.starts_with('/') {
                return Err(wrong("the login", "a redirect to the server or the client", answer));
            }
            return self.get(&path).await;
        }
        let form = fill(&answer.body, self.user.0, self.user.1);
        let (action, body) = form.ok_or_else(|| wrong("the login", "a form", answer))?;
        let headers = format!("Origin: http://{}\r\n{}", self.host, self.cookie());
        let request = post(&action, &self.host, &headers, &body);
        let answer = self.front.send(&request).await?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    async fn get(&mut self, path: &str) -> Result<Answer, String> {
        let (host, cookie) = (&self.host, self.cookie());
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{cookie}\r\n");
        let answer = self.front.send(&request).await?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// The header line, if there are cookies.
    fn cookie(&self) -> String {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("Cookie: {}\r\n", pairs.join("; "))
        }
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Heard {
    fn new(step: &'static str, sent: Instant, said: Said) -> Heard {
        Heard {
            step,
            said,
            sent,
            took: sent.elapsed(),
        }
    }
}

fn said(is_good: bool, answer: &Answer) -> Said {
    let location = answer.header("location").unwrap_or_default();
    match answer.status {
        _ if is_good => Said::Yes,
        503 => Said::Later,
        303 if location.contains("error=temporarily_unavailable") => Said::Later,
        _ => Said::No,
    }
}

/// `code` is as it stood in the redirect, percent-encoded: so it can go into the form as it is.
fn redemption(code: &str, code_verifier: &str) -> String {
    let redirect_uri = encode(REDIRECT_URI);
    format!(
        "grant_type=authorization_code&code={code}&redirect_uri={redirect_uri}&code_verifier={code_verifier}"
    )
}

fn api(host: &str, access_token: &str) -> String {
    format!(
        "GET /api/me HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nAuthorization: Bearer {access_token}\r\n\r\n"
    )
}

fn authorize(state: &str, code_challenge: &str) -> String {
    format!(
        "/authorize?response_type=code&client_id={CLIENT_ID}&redirect_uri={}&state={state}&code_challenge={code_challenge}&code_challenge_method=S256",
        encode(REDIRECT_URI)
    )
}

fn post(path: &str, host: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

fn json(path: &str, answer: &Answer) -> Result<Value, String> {
    let media_type = answer.header("content-type").unwrap_or_default();
    if answer.status != 200 || !media_type.starts_with("application/json") {
        return Err(wrong(path, "200 and JSON", answer));
    }
    serde_json::from_str(&answer.body).map_err(|_| wrong(path, "JSON", answer))
}

fn wrong(path: &str, wanted: &str, answer: &Answer) -> String {
    format!("{path}: wanted {wanted}; got {}", answer.describe())
}

/// A secret of 43 characters, as a client makes for `state` and `code_verifier`.
fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The S256 challenge (RFC 7636 §4.2).
fn challenge(code_verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier))
}
