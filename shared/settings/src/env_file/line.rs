//! One line of `.env`.

use crate::refusal::Wrong;

/// The name that a line sets, as far as it can be told.
pub(super) fn name(line: &str) -> Option<&str> {
    split(line).map(|(name, _)| name)
}

/// A name as it may be shown: what does not look like the name of a setting may be a piece of a secret.
pub(super) fn shown(name: &str) -> &str {
    let usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if name.len() <= 40 && name.bytes().all(usual) {
        name
    } else {
        "a name"
    }
}

/// What a line sets; nothing if it is empty or a remark.
pub(super) fn read(line: &str) -> Result<Option<(String, String)>, Wrong> {
    if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(Wrong::new(
            format!("has a control character (U+{:04X}).", u32::from(control)),
            "Take it out. Lines end with a line feed, or with a carriage return and a line feed.",
        ));
    }
    let content = line.trim();
    if content.is_empty() || content.starts_with('#') {
        return Ok(None);
    }
    let no_setting =
        || Wrong::new("is no setting.", "Write NAME=value, or # in front of a remark.");
    let (_, value) = split(line).ok_or_else(no_setting)?;
    look(value)?;
    // A line end belongs to it: dotenvy takes a blank at the end of a file for an unfinished line.
    let text = format!("{line}\n");
    let mut parsed = dotenvy::from_read_iter(text.as_bytes());
    match (parsed.next(), parsed.next()) {
        (Some(Ok(pair)), None) => Ok(Some(pair)),
        _ => Err(no_setting()),
    }
}

/// Name and value, raw: `export NAME = value`.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(BLANKS);
    let (before, value) = line.split_once('=')?;
    let before = before.trim_end_matches(BLANKS);
    let name = match before.strip_prefix("export").filter(|rest| rest.starts_with(BLANKS)) {
        Some(rest) => rest.trim_start_matches(BLANKS),
        None => before,
    };
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    (begins && goes_on).then_some((name, value))
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Refuses a value that would not arrive as it is written.
fn look(raw: &str) -> Result<(), Wrong> {
    if let Some(blank) = raw.chars().find(|c| c.is_whitespace() && !BLANKS.contains(c)) {
        return Err(Wrong::new(
            format!("has a blank that is neither a space nor a tab (U+{:04X}).", u32::from(blank)),
            "Write a plain space, or take it out.",
        ));
    }
    let value = raw.trim_matches(BLANKS);
    if raw.starts_with('#') {
        return Err(Wrong::new(
            "begins with #, which begins a remark.",
            "Put the value in quotes.",
        ));
    }
    match value.chars().next() {
        None | Some('#') => Ok(()),
        Some('\'') => single(&value[1..]),
        Some('"') => double(&value[1..]),
        Some(_) => plain(value),
    }
}

fn single(value: &str) -> Result<(), Wrong> {
    let (inside, behind) = value.split_once('\'').ok_or_else(open)?;
    if inside.ends_with('\\') {
        return Err(Wrong::new(
            "has a backslash before its closing quote.",
            "Write the value in double quotes, with \\\\ for each backslash.",
        ));
    }
    end(behind)
}

fn double(value: &str) -> Result<(), Wrong> {
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return end(characters.as_str()),
            '\\' => escape(characters.next().ok_or_else(open)?)?,
            '$' => return Err(dollar()),
            _ => {}
        }
    }
    Err(open())
}

fn plain(value: &str) -> Result<(), Wrong> {
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(next) => escape(next)?,
                None => {
                    return Err(Wrong::new(
                        "ends with a backslash.",
                        "Write \\\\ for a backslash, or single quotes around the value.",
                    ));
                }
            },
            '$' => return Err(dollar()),
            '\'' | '"' => {
                return Err(Wrong::new(
                    "has a quote inside its value.",
                    "Put the whole value in quotes of the other kind.",
                ));
            }
            ' ' | '\t' => {
                let behind = characters.as_str().trim_start_matches(BLANKS);
                return match behind.is_empty() || behind.starts_with('#') {
                    true => Ok(()),
                    false => Err(Wrong::new(
                        "has a blank in its value.",
                        "Put the whole value in quotes.",
                    )),
                };
            }
            _ => {}
        }
    }
    Ok(())
}

fn escape(character: char) -> Result<(), Wrong> {
    match "\\'\"$ n".contains(character) {
        true => Ok(()),
        false => Err(Wrong::new(
            "has a backslash before a character that needs none.",
            "Write \\\\ for a backslash, or single quotes around the value.",
        )),
    }
}

/// What may stand behind a closing quote: a remark, behind a blank.
fn end(behind: &str) -> Result<(), Wrong> {
    let rest = behind.trim_start_matches(BLANKS);
    match rest.is_empty() || (rest.starts_with('#') && rest.len() < behind.len()) {
        true => Ok(()),
        false => Err(Wrong::new(
            "goes on behind its quote.",
            "Put the whole value in one pair of quotes.",
        )),
    }
}

fn open() -> Wrong {
    Wrong::new("has a quote that is not closed on its line.", "Close it. A value is one line.")
}

fn dollar() -> Wrong {
    Wrong::new(
        "has a $, and nothing is expanded here.",
        "Put the value in single quotes, or write \\$.",
    )
}
