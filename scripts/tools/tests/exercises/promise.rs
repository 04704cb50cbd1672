//! What a README says will come, and whether it came. `…` stands for anything.

/// What a README says will come.
#[derive(Debug, PartialEq)]
pub struct Promise {
    text: String,
    json: bool,
}

/// What came.
pub enum Came {
    /// What the commands wrote.
    Output(String),
    /// The text of a page.
    Page(String),
}

impl Promise {
    pub fn new(text: &str, json: bool) -> Promise {
        Promise {
            text: text.into(),
            json,
        }
    }

    /// Whether the promise was kept; the error shows both.
    pub fn judge(&self, came: &Came) -> Result<(), String> {
        let (kept, came) = match came {
            // In JSON blanks mean nothing: a README may show it on several lines.
            Came::Output(text) if self.json => {
                (glob(&without_blanks(&self.text), &without_blanks(text)), text)
            }
            Came::Output(text) => {
                let (wanted, got): (Vec<&str>, Vec<&str>) =
                    (self.text.lines().collect(), text.lines().collect());
                (lines(&wanted, &got), text)
            }
            // A page holds more than the README quotes of it.
            Came::Page(text) => {
                let wanted: Vec<String> = self.text.lines().map(flat).collect();
                (glob(&format!("…{}…", wanted.join("…")), &flat(text)), text)
            }
        };
        match kept {
            true => Ok(()),
            false => Err(format!("the README promises\n{}\nand there came\n{came}", self.text)),
        }
    }
}

/// Whether the lines are those that are wanted. A line that is only `…` stands for any lines, or none.
fn lines(wanted: &[&str], got: &[&str]) -> bool {
    match wanted.split_first() {
        None => got.is_empty(),
        Some((&"…", rest)) => (0..=got.len()).any(|skipped| lines(rest, &got[skipped..])),
        Some((first, rest)) => got.split_first().is_some_and(|(line, others)| {
            glob(first.trim_end(), line.trim_end()) && lines(rest, others)
        }),
    }
}

/// Whether `text` is `pattern`, in which each `…` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('…') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('…').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = text.find(piece) else {
            return false;
        };
        text = &text[at + piece.len()..];
    }
    text.ends_with(last)
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn only_what_is_left_open_may_differ() {
    for (pattern, text, wanted) in [
        ("a…c", "abc", true),
        ("a…c", "ac", true),
        ("a…c", "abcd", false),
        ("a…b…c", "a-b-b-c", true),
        ("…b", "ab", true),
        ("ab…ba", "aba", false),
        ("a", "ab", false),
        ("A", "a", false),
    ] {
        assert_eq!(glob(pattern, text), wanted, "{pattern} {text}");
    }
    let output = |text: &str| Came::Output(text.into());
    let promise = Promise::new("HTTP/1.1 303 …\n…\nlocation: /x?a=…\n…", false);
    assert!(promise.judge(&output("HTTP/1.1 303 See Other\ndate: x\nlocation: /x?a=1\n")).is_ok());
    assert!(promise.judge(&output("HTTP/1.1 303 See Other\nlocation: /x?b=1\n\nend")).is_err());
    assert!(promise.judge(&output("HTTP/1.1 200 OK\nlocation: /x?a=1\n")).is_err());
    let json = Promise::new("{\n  \"error\": \"…\",\n  \"n\": 1\n}", true);
    assert!(json.judge(&output("{\"error\":\"a b\",\"n\":1}")).is_ok());
    assert!(json.judge(&output("{\"error\":\"a b\",\"n\":12}")).is_err());
    let page = Promise::new("Wrong password.\nRFC 6749 §…", false);
    let came = |text: &str| page.judge(&Came::Page(text.into()));
    assert!(came("Log in\n Wrong\n password. See RFC 6749 §2 here").is_ok());
    assert!(came("RFC 6749 §2. Wrong password.").is_err());
}
