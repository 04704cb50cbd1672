//! What each line of a Rust file is to a reader: code, or something around it.

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Code, the only kind that a budget counts.
    Code,
    /// A comment with nothing before it.
    Comment,
    /// Nothing.
    Blank,
    /// A part of a `use` declaration.
    Use,
    /// `mod name;`
    Mod,
    /// A part of an item under `#[cfg(test)]`.
    Test,
}

/// What each of `lines` is. They are taken as rustfmt leaves them: one item never ends on the line where the next begins.
pub fn classify(lines: &[String]) -> Vec<Line> {
    let mut found = Vec::with_capacity(lines.len());
    while found.len() < lines.len() {
        let at = found.len();
        let (kind, count) = item(&lines[at..]);
        found.resize(at + count, kind);
    }
    found
}

/// What begins at the first of `lines`, and how many lines it has.
fn item(lines: &[String]) -> (Line, usize) {
    let until = |last: &dyn Fn(&str) -> bool| {
        lines.iter().position(|line| last(line)).map_or(lines.len(), |at| at + 1)
    };
    let text = lines[0].trim();
    match text {
        "" => (Line::Blank, 1),
        "#[cfg(test)]" => (Line::Test, until_item_ends(lines)),
        _ if text.starts_with("//") => (Line::Comment, 1),
        _ if text.starts_with("/*") => (Line::Comment, until(&|line| line.contains("*/"))),
        _ if keyword(text) == "use" => (Line::Use, until(&|line| line.trim_end().ends_with(';'))),
        _ if keyword(text) == "mod" && text.ends_with(';') => (Line::Mod, 1),
        // The attribute of a `mod name;` or a `use` goes with it.
        _ if text.starts_with("#[") && text.ends_with(']') && lines.len() > 1 => {
            match item(&lines[1..]) {
                (kind @ (Line::Use | Line::Mod), count) => (kind, count + 1),
                _ => (Line::Code, 1),
            }
        }
        _ => (Line::Code, 1),
    }
}

/// The first word of `text` behind its visibility.
fn keyword(text: &str) -> &str {
    let behind = match text.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ").map_or(rest, |(_, rest)| rest),
        Some(rest) => rest,
        None => text,
    };
    behind.split_whitespace().next().unwrap_or_default()
}

/// How many lines the item has that begins with the attribute in the first of `lines`: up to the first line that is
/// indented as the attribute is and ends a block or a statement.
fn until_item_ends(lines: &[String]) -> usize {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let ends = |line: &String| {
        let text = line.trim_end();
        depth(line) == depth(&lines[0]) && text.ends_with(['}', ';', ','])
    };
    lines.iter().position(ends).map_or(lines.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_code() {
        let text = "\
//! A file.

use std::fmt;
pub(crate) use a::{
    b,
    c,
};
#[path = \"../params.rs\"]
mod params;
pub mod store;
#[cfg(test)]
use std::fs;

/// A user.
#[derive(Clone)]
struct User; // used
/* two
   lines */
fn user() {
    let used = mode();
}
mod inner {
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() {}
}
fn behind() {}";
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        let letter = |line: &Line| match line {
            Line::Code => 'c',
            Line::Comment => '/',
            Line::Blank => '_',
            Line::Use => 'u',
            Line::Mod => 'm',
            Line::Test => 't',
        };
        let found: String = classify(&lines).iter().map(letter).collect();
        assert_eq!(found, "/_uuuuummmtt_/cc//ccccc_ttttttc");
    }
}
