//! An answer, and what may be asked of it. Each question names the whole shape, so that no answer passes by accident.

use crate::encoding::{query_pairs, resolve};
use crate::request::{Request, short};
use crate::verdict::Verdict;
use serde_json::Value;

/// What came back for one request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was sent.
    pub request: Request,
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, in order; a name may stand twice.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 became U+FFFD.
    pub body: String,
    /// One line for each earlier message of the same browser.
    pub story: Vec<String>,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All headers of that name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let name = name.to_ascii_lowercase();
        self.headers.iter().filter(move |header| header.0 == name).map(|header| header.1.as_str())
    }

    /// Does the answer send the browser elsewhere?
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308) && self.header("location").is_some()
    }

    /// Where the redirect leads, made absolute.
    pub fn location(&self) -> Option<String> {
        self.header("location").map(|location| resolve(&self.request.url, location))
    }

    /// The value of a parameter of the redirect, if it stands there exactly once.
    pub fn location_param(&self, name: &str) -> Option<String> {
        let pairs = query_pairs(&self.location()?);
        let mut values = pairs.into_iter().filter(|pair| pair.0 == name).map(|pair| pair.1);
        let value = values.next();
        if values.next().is_some() { None } else { value }
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// This answer is not what the rule asks for.
    pub fn fail(&self, wanted: impl Into<String>) -> Verdict {
        let mut sent = self.story.clone();
        sent.push(self.request.text());
        Verdict::failed(sent.join("\n"), wanted, self.text())
    }

    /// The answer as text, for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}", self.status);
        for (name, value) in &self.headers {
            if !matches!(
                name.as_str(),
                "date" | "content-length" | "connection" | "server" | "vary"
            ) {
                text += &format!("\n{name}: {}", short(value, 600));
            }
        }
        // Of a page a reader wants what it says, not its head.
        let begin = ["<main", "<body"].iter().find_map(|tag| self.body.find(tag)).unwrap_or(0);
        let body = self.body[begin..].trim();
        if !body.is_empty() {
            text += &format!("\n\n{}", short(body, 600));
        }
        text
    }

    /// Fails with `wanted` unless `good`.
    ///
    /// # Errors
    /// The failure.
    pub fn must(&self, good: bool, wanted: impl Into<String>) -> Result<&Self, Verdict> {
        if good {
            Ok(self)
        } else {
            Err(self.fail(wanted))
        }
    }

    /// The answer has this status.
    ///
    /// # Errors
    /// Another status.
    pub fn must_be(&self, status: u16) -> Result<&Self, Verdict> {
        self.must(self.status == status, format!("status {status}"))
    }

    /// An HTML page for a human with this status, and no redirect.
    ///
    /// # Errors
    /// Another status, a `Location`, or no HTML.
    pub fn must_be_page(&self, status: u16) -> Result<&Self, Verdict> {
        let wanted = format!("status {status}, an HTML page, no Location");
        let html = self.media_type() == "text/html" && self.body.contains('<');
        self.must(self.status == status && html && self.header("location").is_none(), wanted)
    }

    /// A redirect by 302 or 303 to exactly `redirect_uri` (plus query) with this `error` and no `code` (RFC 6749 §4.1.2.1).
    ///
    /// # Errors
    /// Anything else.
    pub fn must_redirect_error(&self, redirect_uri: &str, error: &str) -> Result<&Self, Verdict> {
        let wanted = format!("302 or 303 to {redirect_uri} with error={error} and no code");
        let location = self.header("location").unwrap_or_default();
        let good = matches!(self.status, 302 | 303)
            && leads_to(location, redirect_uri)
            && !location.contains('#')
            && self.location_param("error").as_deref() == Some(error)
            && !query_pairs(location)
                .iter()
                .any(|pair| pair.0 == "code" || pair.0 == "access_token");
        self.must(good, wanted)
    }

    /// An error of `/token`: status, JSON, the `error`, no token; with 401 a Basic challenge too (RFC 6749 §5.2).
    ///
    /// # Errors
    /// Anything else.
    pub fn must_be_oauth_error(&self, status: u16, error: &str) -> Result<&Self, Verdict> {
        let mut wanted =
            format!("status {status} and JSON with \"error\":\"{error}\" and no token");
        let json = self.json().unwrap_or_default();
        let mut good = self.status == status
            && self.media_type() == "application/json"
            && json["error"] == error
            && json.get("access_token").is_none()
            && json.get("refresh_token").is_none();
        if status == 401 {
            wanted += ", with WWW-Authenticate: Basic";
            good = good && self.challenge("Basic").is_some();
        }
        self.must(good, wanted)
    }

    /// A refusal of `/token` as RFC 6749 §5.2 describes it: JSON with an `error`, no token, and 400; or 401, which it must be
    /// when the client is refused that came by Basic.
    ///
    /// # Errors
    /// Anything else.
    pub fn must_be_refused_by_token(&self) -> Result<&Self, Verdict> {
        let wanted = "status 400 or 401, JSON with an \"error\", no token";
        let json = self.json().unwrap_or_default();
        let error = json["error"].as_str().unwrap_or_default();
        let good = matches!(self.status, 400 | 401)
            && self.media_type() == "application/json"
            && !error.is_empty()
            && json.get("access_token").is_none()
            && json.get("refresh_token").is_none();
        self.must(good, wanted)?;
        let by_basic = self.request.headers.iter().any(|(name, value)| {
            name == "Authorization" && value.to_ascii_lowercase().starts_with("basic ")
        });
        if error == "invalid_client" && by_basic {
            let matching = self.status == 401 && self.challenge("Basic").is_some();
            self.must(matching, "status 401 and WWW-Authenticate: Basic, the client's own scheme")?;
        }
        Ok(self)
    }

    /// Does it lead to `redirect_uri` with an `error`, in the query or in the fragment, and without code or token?
    pub fn tells_an_error(&self, redirect_uri: &str) -> bool {
        let location = self.header("location").unwrap_or_default().replacen('#', "?", 1);
        let pairs = query_pairs(&location);
        let has = |name: &str| pairs.iter().any(|pair| pair.0 == name);
        self.is_redirect()
            && leads_to(&location, redirect_uri)
            && has("error")
            && !has("code")
            && !has("access_token")
    }

    /// A refusal of the API with `error` in the Bearer challenge, or without one (RFC 6750 §3, §3.1).
    ///
    /// # Errors
    /// Anything else.
    pub fn must_be_bearer_error(&self, status: u16, error: Option<&str>) -> Result<&Self, Verdict> {
        let wanted = match error {
            Some(error) => {
                format!("status {status} with WWW-Authenticate: Bearer … error=\"{error}\"")
            }
            None => {
                format!("status {status} with WWW-Authenticate: Bearer realm=… and no error in it")
            }
        };
        let challenge = self.challenge("Bearer").unwrap_or_default();
        let named = match error {
            Some(error) => challenge.contains(&format!("error=\"{error}\"")),
            None => challenge.contains("realm=") && !challenge.contains("error"),
        };
        self.must(self.status == status && named, wanted)
    }

    /// The parameters of the `WWW-Authenticate` challenge of a scheme.
    pub fn challenge(&self, scheme: &str) -> Option<String> {
        self.all("www-authenticate").find_map(|value| {
            let (name, rest) = value.split_once(' ').unwrap_or((value, ""));
            name.eq_ignore_ascii_case(scheme).then(|| rest.to_owned())
        })
    }

    /// The page keeps its address from every other site (RFC 9700 §4.2.4). The last of several policies would win.
    pub fn must_tell_no_other_site(&self) -> Result<&Self, Verdict> {
        let policies: Vec<&str> = self.all("referrer-policy").collect();
        let quiet = matches!(policies[..], ["same-origin" | "no-referrer"]);
        self.must(quiet, "one Referrer-Policy: same-origin or no-referrer")
    }

    /// Is one of the words of a comma separated header this one? (`Cache-Control: no-store, private`)
    pub fn has_word(&self, name: &str, word: &str) -> bool {
        let mut words = self.all(name).flat_map(|value| value.split(','));
        words.any(|found| found.trim().eq_ignore_ascii_case(word))
    }
}

/// Is `location` this `redirect_uri` with parameters added, byte for byte? `/callback` and `/callbackevil` differ.
pub fn leads_to(location: &str, redirect_uri: &str) -> bool {
    let Some(rest) = location.strip_prefix(redirect_uri) else {
        return false;
    };
    if redirect_uri.contains('?') {
        rest.is_empty() || rest.starts_with('&')
    } else {
        rest.is_empty() || rest.starts_with('?')
    }
}
