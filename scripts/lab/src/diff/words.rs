//! What changed inside a line.

use similar::{ChangeTag, TextDiff};

/// A piece of a line, and whether the other line has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// True where the lines differ.
    pub differs: bool,
}

/// Below this share of letters in common names, in percent, two lines are different lines, and marking words
/// would only distract. Blanks and brackets make no two lines alike.
const ALIKE: usize = 40;

/// Splits a removed line and the line in its place into common and differing pieces.
/// None when they have too little in common.
pub fn compare(old: &str, new: &str) -> Option<(Vec<Piece>, Vec<Piece>)> {
    let (old_words, new_words) = (split(old), split(new));
    let diff = TextDiff::from_slices(&old_words, &new_words);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let equal = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Equal);
    let common: usize = equal.map(|change| letters(change.value())).sum();
    let all = letters(old) + letters(new);
    if all == 0 || 200 * common / all < ALIKE {
        return None;
    }
    let (mut old_pieces, mut new_pieces) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut old_pieces, change.value(), false);
                push(&mut new_pieces, change.value(), false);
            }
            ChangeTag::Delete => push(&mut old_pieces, change.value(), true),
            ChangeTag::Insert => push(&mut new_pieces, change.value(), true),
        }
    }
    Some((old_pieces, new_pieces))
}

/// Adds `text` to the last piece if that differs as well, or as a piece of its own.
fn push(pieces: &mut Vec<Piece>, text: &str, differs: bool) {
    match pieces.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => pieces.push(Piece {
            text: text.into(),
            differs,
        }),
    }
}

/// Breaks a line into lines of at most `width` characters, between words; later ones are indented more than the first.
/// A word that is longer stays whole.
pub fn wrap(pieces: &[Piece], width: usize) -> Vec<Vec<Piece>> {
    let mut rest: Vec<(char, bool)> = pieces
        .iter()
        .flat_map(|piece| piece.text.chars().map(|character| (character, piece.differs)))
        .collect();
    let blanks = rest.iter().take_while(|(character, _)| *character == ' ').count();
    let mut lines = Vec::new();
    while rest.len() > width {
        let indent = if lines.is_empty() { blanks } else { blanks + 4 };
        let breaks = |at: &usize| rest[*at].0 == ' ';
        let within = (indent + 1..=width).rev().find(breaks);
        let Some(at) = within.or_else(|| (width + 1..rest.len()).find(breaks)) else {
            break;
        };
        let behind = rest.split_off(at + 1);
        rest.pop();
        lines.push(std::mem::take(&mut rest));
        rest.extend(std::iter::repeat_n((' ', false), blanks + 4).chain(behind));
    }
    lines.push(rest);
    lines.iter().map(|line| join(line)).collect()
}

fn join(characters: &[(char, bool)]) -> Vec<Piece> {
    let runs = characters.chunk_by(|a, b| a.1 == b.1);
    runs.map(|run| Piece {
        text: run.iter().map(|(character, _)| character).collect(),
        differs: run[0].1,
    })
    .collect()
}

/// Cuts a line into names, runs of blanks and single signs: `a_b(c)` is `a_b`, `(`, `c`, `)`.
fn split(line: &str) -> Vec<&str> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, character) in line.char_indices() {
        let now = class(character);
        if before.is_some_and(|before| before != now || now == 2) {
            words.push(&line[start..at]);
            start = at;
        }
        before = Some(now);
    }
    if start < line.len() {
        words.push(&line[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_into_names_blanks_and_signs() {
        assert_eq!(split("a_b(c,  1)"), ["a_b", "(", "c", ",", "  ", "1", ")"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn only_what_differs_is_marked() {
        let (old, new) = compare("query(state)", "query(state, challenge)").expect("alike");
        let marked = |pieces: &[Piece]| {
            pieces.iter().filter(|p| p.differs).map(|p| p.text.clone()).collect::<String>()
        };
        assert_eq!(marked(&old), "");
        assert_eq!(marked(&new), ", challenge");
        assert_eq!(
            new.iter().map(|piece| piece.text.as_str()).collect::<String>(),
            "query(state, challenge)"
        );
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_keeps_its_marks() {
        let piece = |text: &str, differs| Piece {
            text: text.into(),
            differs,
        };
        let found = wrap(
            &[
                piece("  let a = ", false),
                piece("bcd(e", true),
                piece(", f)", false),
            ],
            12,
        );
        let expected = [
            vec![piece("  let a =", false)],
            vec![
                piece("      ", false),
                piece("bcd(e", true),
                piece(",", false),
            ],
            vec![piece("      f)", false)],
        ];
        assert_eq!(found, expected);
        assert_eq!(wrap(&[piece("  averyveryverylongword", false)], 9).len(), 1);
        assert_eq!(wrap(&[piece("", false)], 9), [vec![]]);
    }

    #[test]
    fn different_lines_are_left_alone() {
        assert_eq!(compare("fn verifier() {", "return Err(why);"), None);
        assert_eq!(compare("", "x"), None);
    }
}
