//! `cargo lab`: the rungs, and what to type next.

use std::process::ExitCode;

use crate::error::Outcome;
use crate::term;
use crate::versions::{Version, Versions};

/// Prints every version with its idea, what it cures and what is still broken.
///
/// # Errors
/// The workspace cannot be found. A version without a readable declaration is listed with the reason.
pub fn list() -> Outcome {
    let versions = Versions::here()?;
    let mut text = String::from(
        "OAuth 2.1, one idea at a time. Each version is a server and a client that run.\n\n",
    );
    for version in &versions.all {
        text.push_str(&rung(version));
    }
    let first = &versions.all[0].name;
    let second = versions.all.get(1).map_or(first, |version| &version.name);
    // The first attack that the second version cures: it succeeds on the first.
    let cured = versions
        .all
        .get(1)
        .and_then(|version| version.declaration().ok()?.cures.into_iter().next());
    let attack = cured.unwrap_or_else(|| "login-csrf".into());
    let next = [
        (format!("cargo lab run {first}"), "start a pair and click through it"),
        (format!("cargo lab diff {first} {second}"), "read the one idea that was added"),
        (format!("cargo lab attack {attack} {first}"), "see a weakness used; then try v02"),
        (format!("cargo lab start {second}"), "write that step yourself"),
        ("cargo lab doctor".into(), "when something does not start"),
        ("cargo lab help".into(), "everything else"),
    ];
    text.push_str("Type next:\n");
    for (what, why) in next {
        let gap = " ".repeat(35usize.saturating_sub(what.len()));
        text.push_str(&format!("  {}{gap}{why}\n", term::command(&what)));
    }
    term::print(&text);
    Ok(ExitCode::SUCCESS)
}

/// The entry of one version.
fn rung(version: &Version) -> String {
    let declaration = match version.declaration() {
        Ok(declaration) => declaration,
        Err(error) => return format!("{}\n     {error}\n\n", term::bold(&version.folder)),
    };
    let mut text = format!("{}\n", term::bold(&version.folder));
    text.push_str(&format!("     {}\n", term::wrap(&declaration.idea, term::WIDTH, 5)));
    if !declaration.cures.is_empty() {
        let cures = declaration.cures.join(", ");
        text.push_str(&entry("cures", term::GREEN, &cures));
    }
    if !declaration.broken.is_empty() {
        text.push_str(&entry("broken", term::YELLOW, &declaration.broken.join(" ")));
    }
    text.push('\n');
    text
}

/// A labelled paragraph.
fn entry(label: &str, colour: &str, text: &str) -> String {
    format!(
        "     {} {}\n",
        term::paint(colour, &format!("{label:<6}")),
        term::wrap(text, term::WIDTH, 12)
    )
}
