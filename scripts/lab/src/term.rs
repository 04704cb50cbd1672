//! Writing to the terminal: colours that vanish when nobody can see them.
//!
//! Text is built with colours, and `anstream` takes them out when the output is not a terminal, when
//! `NO_COLOR` is set, or when the terminal cannot show them. On Windows it translates them.

use std::io::{ErrorKind, Write};

use anstream::{AutoStream, ColorChoice};

/// The red of the authorization server, as terminals have it.
pub const RED: &str = "31";
/// The blue of the client.
pub const BLUE: &str = "34";
/// What is good, or was added.
pub const GREEN: &str = "32";
/// What needs a look.
pub const YELLOW: &str = "33";
/// A name that one types.
pub const CYAN: &str = "36";
/// Headings.
pub const BOLD: &str = "1";
/// What one may skip.
pub const DIM: &str = "2";

/// `text` in a colour (one of the constants here, or several joined by `;`).
pub fn paint(colour: &str, text: &str) -> String {
    format!("\x1b[{colour}m{text}\x1b[0m")
}

/// Bold text.
pub fn bold(text: &str) -> String {
    paint(BOLD, text)
}

/// Text that steps back.
pub fn dim(text: &str) -> String {
    paint(DIM, text)
}

/// A command to type.
pub fn command(text: &str) -> String {
    paint(CYAN, text)
}

/// Whether standard output shows colours.
pub fn colours() -> bool {
    AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
}

/// Writes `text` to standard output. A reader that has gone (`| head`) ends the process quietly.
pub fn print(text: &str) {
    let mut out = AutoStream::auto(std::io::stdout()).lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if written.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        std::process::exit(0);
    }
}

/// Writes a line to standard output.
pub fn line(text: &str) {
    print(&format!("{text}\n"));
}

/// Writes a line to standard error, where it does not mix with what a script reads.
pub fn note(text: &str) {
    let mut out = AutoStream::auto(std::io::stderr()).lock();
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(out, "{text}");
}

/// How wide prose is.
pub const WIDTH: usize = 80;

/// How wide the terminal is, as far as it says so; at least [`WIDTH`].
pub fn width() -> usize {
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let set = std::env::var("COLUMNS").ok().and_then(|columns| number(&columns));
    // `stty` asks the terminal behind standard input: that is there even when the output goes into a pager.
    let ask = || {
        let mut stty = std::process::Command::new("stty");
        let output = stty.arg("size").stdin(std::process::Stdio::inherit()).output().ok()?;
        number(String::from_utf8(output.stdout).ok()?.split_whitespace().nth(1)?)
    };
    set.or_else(ask).unwrap_or(WIDTH).max(WIDTH)
}

/// Breaks `text` into lines of at most `width` characters, each after the first indented by `indent` spaces.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrap_keeps_words_whole_and_indents_later_lines() {
        assert_eq!(wrap("one two three", 9, 2), "one two\n  three");
        assert_eq!(wrap("", 9, 2), "");
        assert_eq!(wrap("averyverylongword x", 5, 0), "averyverylongword\nx");
    }
}
