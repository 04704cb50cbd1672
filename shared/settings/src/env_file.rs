//! The grammar of `.env`. dotenvy parses it; before that, whatever it would change silently is refused.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::refusal::Refusal;
use crate::refusal::Wrong;

mod line;
#[cfg(test)]
mod tests;

/// One line of `.env` that sets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number, from 1.
    pub line: usize,
    /// The setting's name.
    pub name: String,
    /// Its value, without quotes.
    pub value: String,
}

/// A `.env`: its lines in order, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvFile {
    /// The lines that set something.
    pub entries: Vec<Entry>,
    /// Lines that cannot be taken as they stand.
    pub refusals: Vec<Refusal>,
}

impl EnvFile {
    /// Reads the file, if it is there.
    pub fn read(path: &Path) -> EnvFile {
        match fs::read(path) {
            Ok(bytes) => EnvFile::parse(&bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => EnvFile::default(),
            Err(error) => EnvFile::refused(
                format!(".env cannot be read: {error}."),
                "Make it a text file that you may read, or take it away: none is needed.",
            ),
        }
    }

    /// Reads the bytes of a `.env`.
    pub fn parse(bytes: &[u8]) -> EnvFile {
        // Windows' Notepad writes a byte order mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return EnvFile::refused(".env is written in UTF-16.".into(), "Save it as UTF-8.");
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                return EnvFile::refused(
                    format!("Line {line} of .env is not UTF-8."),
                    "Save the file as UTF-8.",
                );
            }
        };
        let mut file = EnvFile::default();
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            file.take(index + 1, raw);
        }
        file
    }

    /// Takes one line, with its end.
    fn take(&mut self, number: usize, raw: &str) {
        let text =
            raw.strip_suffix('\n').map_or(raw, |line| line.strip_suffix('\r').unwrap_or(line));
        let name = line::name(text);
        match line::read(text) {
            Ok(None) => {}
            Ok(Some((name, value))) => match self.entries.iter().find(|entry| entry.name == name) {
                Some(first) => {
                    let what = format!(
                        "sets {} a second time, after line {}.",
                        line::shown(&name),
                        first.line
                    );
                    let wrong = Wrong::new(what, "Keep one of the two lines.");
                    self.refuse(number, Some(name), wrong);
                }
                None => self.entries.push(Entry {
                    line: number,
                    name,
                    value,
                }),
            },
            Err(wrong) => self.refuse(number, name.map(String::from), wrong),
        }
    }

    /// Notes a refused line. The line itself may hold a secret, so it is not shown.
    fn refuse(&mut self, number: usize, name: Option<String>, wrong: Wrong) {
        let known = name.as_deref().map(line::shown).filter(|name| !wrong.what.contains(*name));
        let what = match known {
            Some(name) => format!("Line {number} of .env, {name}, {}", wrong.what),
            None => format!("Line {number} of .env {}", wrong.what),
        };
        self.refusals.push(Refusal {
            name,
            what,
            cure: wrong.cure,
        });
    }

    fn refused(what: String, cure: &str) -> EnvFile {
        EnvFile {
            entries: Vec::new(),
            refusals: vec![Refusal {
                name: None,
                what,
                cure: cure.into(),
            }],
        }
    }
}
