//! The exercises that stand in a README.

use std::time::Duration;

use crate::promise::Promise;

/// Something to do, and what the README promises to come of it.
#[derive(Debug, PartialEq)]
pub struct Exercise {
    /// The line where it stands.
    pub line: usize,
    /// What must have happened before; none: the processes go on as the exercise before left them.
    pub before: Option<Before>,
    pub action: Action,
    pub promise: Promise,
}

/// With a pair that was just started.
#[derive(Debug, Default, PartialEq)]
pub struct Before {
    /// Who went through the flow in a browser.
    pub login: Option<String>,
    /// The settings with which it was started.
    pub settings: Vec<(String, String)>,
    /// How long the reader waited after that.
    pub wait: Duration,
}

/// What the reader copies.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Lines for a shell.
    Shell(String),
    /// An address for the browser.
    Address(String),
}

/// A fenced block, or the comment that stands before an exercise.
enum Piece {
    Fence(String, String),
    Comment(String),
}

/// The exercises in `readme`, from top to bottom. The error begins with the number of a line.
pub fn exercises(readme: &str) -> Result<Vec<Exercise>, String> {
    let mut exercises = Vec::new();
    let mut before = None;
    let mut waiting: Option<(usize, Action)> = None;
    for (line, piece) in pieces(readme) {
        let (kind, text) = match piece {
            Piece::Comment(text) => {
                before = Some(read_comment(&text).map_err(|trouble| format!("{line}: {trouble}"))?);
                continue;
            }
            Piece::Fence(kind, text) => (kind, text),
        };
        match (action(&kind, text.trim_end()), waiting.take()) {
            // What commands write may be an address.
            (None | Some(Action::Address(_)), Some((line, action @ Action::Shell(_))))
            | (None, Some((line, action)))
                if kind == "text" || kind == "json" =>
            {
                exercises.push(Exercise {
                    line,
                    before: before.take(),
                    action,
                    promise: Promise::new(text.trim_end(), kind == "json"),
                })
            }
            (_, Some((line, _))) => return Err(unpromised(line)),
            (action, None) => waiting = action.map(|action| (line, action)),
        }
    }
    match waiting {
        Some((line, _)) => Err(unpromised(line)),
        None => Ok(exercises),
    }
}

fn unpromised(line: usize) -> String {
    format!("{line}: the next block must say what comes of it: ```text or ```json")
}

/// What the reader does with a block, if there is something that can be carried out. `cargo` lines are no exercise:
/// another test proves them.
fn action(kind: &str, text: &str) -> Option<Action> {
    let calls_curl =
        |line: &str| line.trim_start().starts_with("curl ") || line.contains("$(curl ");
    let is_address = text.starts_with("http://localhost:") && !text.contains(char::is_whitespace);
    match kind {
        "sh" if text.lines().any(calls_curl) => Some(Action::Shell(text.into())),
        "text" if is_address => Some(Action::Address(text.into())),
        _ => None,
    }
}

/// `login user0, LAB_TTL_ACCESS=1, wait 2`
fn read_comment(text: &str) -> Result<Before, String> {
    let mut before = Before::default();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        if let Some(user) = item.strip_prefix("login ") {
            before.login = Some(user.trim().into());
        } else if let Some(seconds) = item.strip_prefix("wait ").and_then(|n| n.parse().ok()) {
            before.wait = Duration::from_secs(seconds);
        } else if let Some((name, value)) = item.split_once('=') {
            before.settings.push((name.into(), value.into()));
        } else {
            return Err(format!(
                "`{item}` is none of `login NAME`, `SETTING=value` and `wait SECONDS`"
            ));
        }
    }
    Ok(before)
}

/// The fenced blocks and the comments `<!-- after: … -->`, each with its line. A block in a list is indented.
fn pieces(readme: &str) -> Vec<(usize, Piece)> {
    let mut pieces = Vec::new();
    let mut lines = readme.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim();
        if let Some(kind) = trimmed.strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let inside =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
            let text = inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()));
            pieces.push((index + 1, Piece::Fence(kind.into(), text.collect())));
        } else if let Some(rest) = trimmed.strip_prefix("<!-- after:") {
            let text = rest.trim_end_matches("-->").trim();
            pieces.push((index + 1, Piece::Comment(text.into())));
        }
    }
    pieces
}

#[test]
fn exercises_are_found_with_what_they_need_and_promise() {
    let readme = "\
```sh
cargo lab run v04
```

- Try it:

  <!-- after: login user0, LAB_TTL_ACCESS=1, wait 2 -->

  ```sh
  curl -s http://localhost:5000/api/me
  ```

  Nobody is known:

  ```json
  { \"error\": \"…\" }
  ```

```text
http://localhost:5000/authorize
```

```text
client_id is missing
```
";
    let found = exercises(readme).expect("good");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].line, 9);
    assert_eq!(found[0].action, Action::Shell("curl -s http://localhost:5000/api/me".into()));
    assert_eq!(found[0].promise, Promise::new("{ \"error\": \"…\" }", true));
    let before = found[0].before.as_ref().expect("a comment");
    assert_eq!(before.login.as_deref(), Some("user0"));
    assert_eq!(before.settings, [("LAB_TTL_ACCESS".to_string(), "1".to_string())]);
    assert_eq!(before.wait, Duration::from_secs(2));
    assert_eq!(found[1].action, Action::Address("http://localhost:5000/authorize".into()));
    assert_eq!(found[1].before, None);
}

#[test]
fn an_exercise_without_a_promise_is_refused() {
    let alone = "```sh\ncurl http://localhost:5000\n```\n";
    assert!(exercises(alone).expect_err("no promise").starts_with("1: "));
    assert!(exercises(&alone.repeat(2)).expect_err("no promise").starts_with("1: "));
    let address = "```text\nhttp://localhost:5000/\n```\n";
    assert!(exercises(&address.repeat(2)).expect_err("no promise").starts_with("1: "));
    assert_eq!(exercises(&format!("{alone}{address}")).expect("a promise").len(), 1);
    assert!(exercises("<!-- after: logged in -->").expect_err("no word").contains("none of"));
}
