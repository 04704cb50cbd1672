//! A browser: cookies, forms and a memory of what it did; it follows a redirect only when told to.

use crate::answer::Answer;
use crate::encoding::{encode_pairs, host, origin, path, resolve};
use crate::html::Form;
use crate::http::Http;
use crate::request::{Request, short};
use crate::verdict::Verdict;

/// By this header a program with several browsers says which one it plays. The processes note it for the picture.
pub const PLAYED: &str = "lab-browser";

/// A cookie jar with a person behind it. Two people are two browsers.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Http,
    cookies: Vec<Cookie>,
    story: Vec<String>,
    played: Option<&'static str>,
}

/// A cookie as a browser stores it. There is no port in it: `localhost:5000` and `localhost:5001` share cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The host that set it.
    pub host: String,
    /// Its `Path`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(http: &Http) -> Self {
        Browser {
            http: http.clone(),
            cookies: Vec::new(),
            story: Vec::new(),
            played: None,
        }
    }

    /// The browser of a person in a story: `victim`. The picture of the flow gives it a lane of its own.
    #[must_use]
    pub fn playing(mut self, who: &'static str) -> Self {
        self.played = Some(who);
        self
    }

    /// What was sent and received so far, one line a message.
    pub fn story(&self) -> &[String] {
        &self.story
    }

    /// The value of a cookie of a host.
    pub fn cookie(&self, host: &str, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|cookie| cookie.host == host && cookie.name == name);
        found.map(|cookie| cookie.value.as_str())
    }

    /// All cookies.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// Plants a cookie, as an attacker on the same site can.
    pub fn plant(&mut self, host: &str, name: &str, value: &str) {
        self.store(Cookie {
            host: host.to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }

    /// Sends a request with the cookies of its host, and keeps the cookies that come back.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn send(&mut self, mut request: Request) -> Result<Answer, Verdict> {
        if let Some(cookies) = self.cookie_header(&request.url) {
            request = request.header("Cookie", cookies);
        }
        if let Some(who) = self.played {
            request = request.header(PLAYED, who);
        }
        let line = format!("{} {}", request.method, short(&request.url, 300));
        let mut answer = self.http.send(request).await.inspect_err(|_| {
            self.story.push(format!("{line} -> no answer"));
        })?;
        let new: Vec<String> = answer.all("set-cookie").map(str::to_owned).collect();
        for line in new {
            self.keep(&answer.request.url, &line);
        }
        answer.story = self.story.clone();
        let arrow = answer.header("location").map(|to| format!(" {}", short(to, 300)));
        self.story.push(format!("{line} -> {}{}", answer.status, arrow.unwrap_or_default()));
        Ok(answer)
    }

    /// GET.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn get(&mut self, url: impl Into<String>) -> Result<Answer, Verdict> {
        self.send(Request::get(url)).await
    }

    /// POST of a form by a page of the same origin.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn post<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        url: &str,
        pairs: &[(N, V)],
    ) -> Result<Answer, Verdict> {
        self.send(Request::form(url, pairs).header("Origin", origin(url))).await
    }

    /// One step along a redirect, by GET.
    ///
    /// # Errors
    /// The answer is no redirect, or no whole answer came.
    pub async fn follow(&mut self, answer: &Answer) -> Result<Answer, Verdict> {
        match answer.location() {
            Some(location) if answer.is_redirect() => self.get(location).await,
            _ => Err(answer.fail("a redirect")),
        }
    }

    /// Fills in a form of the page and sends it; hidden fields keep their values.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn submit(
        &mut self,
        page: &Answer,
        form: &Form,
        typed: &[(&str, &str)],
    ) -> Result<Answer, Verdict> {
        let url = resolve(&page.request.url, &form.action);
        let pairs = form.filled(typed);
        if form.method == "POST" {
            let request = Request::form(url, &pairs).header("Origin", origin(&page.request.url));
            return self.send(request).await;
        }
        let url = url.split(['?', '#']).next().unwrap_or_default().to_owned();
        self.get(format!("{url}?{}", encode_pairs(&pairs))).await
    }

    fn cookie_header(&self, url: &str) -> Option<String> {
        let fits =
            |cookie: &&Cookie| cookie.host == host(url) && path(url).starts_with(&cookie.path);
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .filter(fits)
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep(&mut self, url: &str, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut cookie = Cookie {
            host: host(url).to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut dead = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "max-age" => dead = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                "expires" => dead = dead || value.contains(" 1970 ") || value.contains("-1970 "),
                _ => {}
            }
        }
        self.store(cookie);
        if dead {
            self.cookies.pop();
        }
    }

    fn store(&mut self, new: Cookie) {
        self.cookies
            .retain(|old| (&old.host, &old.path, &old.name) != (&new.host, &new.path, &new.name));
        self.cookies.push(new);
    }
}
