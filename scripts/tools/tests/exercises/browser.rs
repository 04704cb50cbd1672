//! A reader's browser: `curl` with a cookie jar, which goes through the login and says yes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// More redirects than any flow has.
const HOPS: usize = 12;

/// A browser with its cookies, and what its owner has seen.
pub struct Browser {
    jar: PathBuf,
    server: String,
    client: String,
    /// What a reader could copy by now: parameters of the address of the callback, and all that `/debug/state` shows.
    seen: BTreeMap<String, String>,
}

/// An answer to a request.
struct Answer {
    location: Option<String>,
    body: String,
}

impl Browser {
    pub fn new(jar: PathBuf, server: String, client: String) -> Browser {
        let seen = BTreeMap::new();
        Browser {
            jar,
            server,
            client,
            seen,
        }
    }

    /// Starts at the client, logs in as `user` and goes on until the flow is over.
    pub fn log_in(&mut self, user: &str) -> Result<(), String> {
        let mut answer = self.request(&format!("{}/start", self.client), &[])?;
        for _ in 0..HOPS {
            answer = if let Some(address) = answer.location {
                if address.starts_with(&format!("{}/callback?", self.client)) {
                    self.look(&address)?;
                }
                let answer = self.request(&address, &[])?;
                if answer.location.is_none() {
                    self.look("")?;
                }
                answer
            } else if answer.body.contains("type=\"password\"") {
                let password = user.replace("user", "password");
                let mut fields = filled_fields(&answer.body);
                fields.extend([
                    ("username".into(), user.into()),
                    ("password".into(), password),
                ]);
                self.request(&format!("{}/login", self.server), &fields)?
            } else if answer.body.contains("action=\"/consent\"") {
                let mut fields = filled_fields(&answer.body);
                fields.push(("decision".into(), "allow".into()));
                self.request(&format!("{}/consent", self.server), &fields)?
            } else {
                return Ok(());
            };
        }
        Err(format!("the login of {user} leads nowhere"))
    }

    /// The text of the page at `address`, behind all redirects.
    pub fn page(&self, address: &str) -> Result<String, String> {
        let mut answer = self.request(address, &[])?;
        for _ in 0..HOPS {
            let Some(address) = answer.location else {
                return Ok(visible(&answer.body));
            };
            answer = self.request(&address, &[])?;
        }
        Err(format!("{address} leads nowhere"))
    }

    /// What a reader copies to where `name` stands: the newest value of that name.
    pub fn copied(&self, name: &str) -> Result<String, String> {
        let name = name.to_lowercase();
        let missing =
            || format!("there is no `{name}` to copy; it needs `<!-- after: login user0 -->`");
        self.seen.get(&name).cloned().ok_or_else(missing)
    }

    /// Notes what a reader could copy now: out of `address`, and from `/debug/state` of both.
    fn look(&mut self, address: &str) -> Result<(), String> {
        for base in [self.server.clone(), self.client.clone()] {
            let state = self.request(&format!("{base}/debug/state?format=json"), &[])?.body;
            self.seen.extend(strings(&state));
        }
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        self.seen.extend(pairs.map(|(name, value)| (name.to_string(), value.to_string())));
        Ok(())
    }

    /// One request; with `fields` it is the sending of a form.
    fn request(&self, address: &str, fields: &[(String, String)]) -> Result<Answer, String> {
        let mut curl = Command::new("curl");
        curl.args([
            "-q",
            "-s",
            "-i",
            "--noproxy",
            "*",
            "--max-time",
            "20",
            "-H",
            "Accept: text/html",
            "-b",
        ]);
        curl.arg(&self.jar).arg("-c").arg(&self.jar);
        for (name, value) in fields {
            curl.args([
                "--data-urlencode",
                &format!("{name}={value}"),
            ]);
        }
        let output = curl.arg(address).output().map_err(|trouble| trouble.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (head, body) =
            text.split_once("\r\n\r\n").ok_or_else(|| format!("{address} does not answer"))?;
        let location = head.lines().find_map(|line| line.strip_prefix("location: "));
        // A relative address belongs to whoever sent it.
        let origin = address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let whole = |to: &str| {
            if to.starts_with('/') {
                format!("{origin}{to}")
            } else {
                to.to_string()
            }
        };
        Ok(Answer {
            location: location.map(whole),
            body: body.to_string(),
        })
    }
}

/// The members of JSON that are strings, by name. `/debug/state` shows the newest row first, so the first of a name counts.
fn strings(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    // Names and values have no escapes here: they are tokens, names and addresses.
    let mut pieces = json.split('"').skip(1);
    while let (Some(name), Some(between)) = (pieces.next(), pieces.next()) {
        if between.trim() != ":" {
            continue;
        }
        let (Some(value), Some(_)) = (pieces.next(), pieces.next()) else {
            break;
        };
        found.entry(name.to_string()).or_insert_with(|| value.to_string());
    }
    found
}

/// The fields that are filled in already: hidden ones, and ticks.
fn filled_fields(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let attribute = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!("{name}=\""))?;
        rest.split('"').next().map(plain)
    };
    inputs
        .filter(|input| ["\"hidden\"", " checked"].iter().any(|filled| input.contains(filled)))
        .filter_map(|input| {
            Some((attribute(input, "name")?, attribute(input, "value").unwrap_or("on".to_string())))
        })
        .collect()
}

/// The text of a page that a person sees.
fn visible(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut text = String::new();
    for (tag, rest) in body.split('<').filter_map(|piece| piece.split_once('>')) {
        // A block begins on a line of its own.
        if ["d", "h", "l", "p", "t"].iter().any(|first| tag.starts_with(first)) {
            text.push('\n');
        }
        text.push_str(rest);
    }
    plain(&text)
}

/// HTML's escapes, undone.
fn plain(text: &str) -> String {
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    escapes.iter().fold(text.to_string(), |text, (escape, sign)| text.replace(escape, sign))
}

#[test]
fn a_page_and_a_state_are_read() {
    let page = "<head><title>x</title></head><body class=\"a\"><p>a &amp; <b>b</b></p>\
        <input type=\"hidden\" name=\"ticket\" value=\"1&#x2f;2\"><input name=\"username\">\
        <input type=\"checkbox\" name=\"scope:a\" checked><input type=\"checkbox\" name=\"scope:b\"></body>";
    assert_eq!(visible(page), "\na & b");
    assert_eq!(visible("<body><dl><dt>a</dt><dd><code>b</code>.</dd></dl>"), "\n\na\nb.");
    let filled = [
        ("ticket".to_string(), "1/2".to_string()),
        ("scope:a".to_string(), "on".to_string()),
    ];
    assert_eq!(filled_fields(page), filled);
    let state = r#"{"tokens": {"x": {"access_token": "new", "used": false, "n": 1, "scope": ["a", "b"]},
        "y": {"access_token": "old", "state":"s"}}}"#;
    let found = strings(state);
    assert_eq!(found.get("access_token").map(String::as_str), Some("new"));
    assert_eq!(found.get("state").map(String::as_str), Some("s"));
}
