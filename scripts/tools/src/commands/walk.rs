//! `cargo lab walk`: a real login, step by step, for people in front of a projector.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use crate::commands::attack::Victim;
use crate::drawn;
use clap::Args;
use lab::term;
use lab::versions::Versions;
use picture::What;
use tokio::runtime::Runtime;

use lab::error::{Error, Outcome};

/// A message at which it is worth to guess first, and the question. The first part is how the row is called.
const QUESTIONS: [(&str, &str); 6] = [
    (
        "Authorization request",
        "Which of these values may a stranger know, and which has to stay a secret?",
    ),
    ("Login", "Who sees the password? Look at where the arrow ends."),
    ("Authorization response", "What is in the address now? And who can read an address?"),
    (
        "Authorization response, delivered",
        "How does the client know that this response is meant for this browser?",
    ),
    (
        "Token request",
        "No browser is in between. What does the client show here that it could never show before?",
    ),
    ("API request", "What does the API have to look at before it answers?"),
];

/// How `cargo lab walk` is called.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  cargo lab walk v03      Enter: the next message; b and Enter: the one before; q and Enter: the end")]
pub struct WalkArgs {
    /// The version
    pub version: String,
}

/// Carries a login out, and then tells it message by message.
///
/// # Errors
/// The version is unknown, it does not build, or the login does not end well.
pub fn run(args: &WalkArgs) -> Outcome {
    let versions = Versions::here()?;
    let version = versions.find(&args.version)?;
    let victim = Victim::version(&versions, version);
    let executables = victim.build()?;
    let runtime = Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?;
    let scene = runtime.block_on(drawn::login(victim.number(), &executables))?;
    let rows = &scene.flow.rows;
    let live = std::io::stdin().is_terminal();
    let mut lines = std::io::stdin().lock().lines();
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        if live {
            // A screen of its own for each message.
            term::print("\x1b[2J\x1b[H");
        }
        let place = format!(
            "{} of {}, step {} of {}",
            version.folder,
            scene.style.title,
            at + 1,
            rows.len()
        );
        term::line(&term::dim(&place));
        let question =
            QUESTIONS.iter().find(|(term, _)| row.what != What::Deed && row.term == *term);
        if let (Some((_, question)), true) = (question, live) {
            term::line(&format!("\n{}\n", term::bold(question)));
            term::line(&term::dim("Guess first. Enter shows the message."));
            if lines.next().is_none() {
                break;
            }
        }
        term::print(&format!("\n{}\n", picture::step(row, &scene.cast)));
        if !live {
            at += 1;
            continue;
        }
        term::line(&term::dim("Enter: next   b: back   q: end"));
        match lines.next().and_then(Result::ok).as_deref().map(str::trim) {
            Some("b") => at = at.saturating_sub(1),
            Some("q") | None => break,
            Some(_) => at += 1,
        }
    }
    Ok(ExitCode::SUCCESS)
}
