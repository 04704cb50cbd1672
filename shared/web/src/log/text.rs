//! What a line may show: printable text, bounded, and of a secret six characters at most.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Of a longer text only this much is decoded and looked at, in bytes.
const LOOKED_AT: usize = 4096;

/// Signs of our own sentences. Everything else beyond ASCII must be a letter or a digit.
const SIGNS: &str = "…§–—·→“”‘’";

/// Something of a secret: enough to recognise it, too little to use it.
///
/// Six characters of a long one, nothing of a short one. Of a token in parts (`a.b.c`) they are those of the
/// last part: the first part of two JWTs, or of two refresh tokens of one login, is the same.
pub fn shorten(secret: impl AsRef<str>) -> String {
    let mut short = String::with_capacity(16);
    push_short(&mut short, secret.as_ref());
    short
}

pub(crate) fn push_short(line: &mut String, secret: &str) {
    let secret = cut_bytes(secret, LOOKED_AT);
    let (before, last) = secret.rsplit_once('.').unwrap_or(("", secret));
    // A short secret could be guessed from its beginning, and six characters are most of a short part.
    if last.chars().nth(16).is_some() {
        if !before.is_empty() {
            line.push('…');
        }
        push_clean(line, cut(last, 6));
    }
    line.push('…');
}

/// Appends the text. A line stays one line and reads as it was written, whatever was sent: control characters,
/// and characters that are invisible or turn the direction of writing, are replaced.
pub(crate) fn push_clean(line: &mut String, text: &str) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        line.push_str(text);
    } else {
        line.extend(text.chars().map(|c| if is_printable(c) { c } else { '?' }));
    }
}

fn is_printable(c: char) -> bool {
    (' '..='~').contains(&c) || c.is_alphanumeric() && !is_blank_letter(c) || SIGNS.contains(c)
}

/// Letters by their class that show nothing: the fillers of Hangul and Braille's kin.
fn is_blank_letter(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// A name or a value as it was meant: `%2F` is `/`, `+` is a blank.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    let raw = cut_bytes(raw, LOOKED_AT);
    if !raw.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Cow::Borrowed(raw);
    }
    let blanks = raw.replace('+', " ");
    Cow::Owned(percent_decode_str(&blanks).decode_utf8_lossy().into_owned())
}

/// The first characters.
pub(crate) fn cut(text: &str, length: usize) -> &str {
    if text.len() <= length {
        return text;
    }
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// Appends at most so many characters, and a sign where there were more.
pub(crate) fn push_cut(line: &mut String, text: &str, length: usize) {
    let short = cut(text, length);
    push_clean(line, short);
    if short.len() < text.len() {
        line.push('…');
    }
}

fn cut_bytes(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_six_characters_are_shown_at_most() {
        assert_eq!(shorten("abcdefghijklmnopqrstuvwxyz"), "abcdef…");
        assert_eq!(shorten("0123456789"), "…");
        assert_eq!(shorten("0123456789abcdef"), "…");
        assert_eq!(shorten(""), "…");
        assert_eq!(shorten("sameforall.ghijklmnopqrstuvwxyz"), "…ghijkl…");
        assert_eq!(shorten("abcdefghijklmnopqrstuvwxyz.short"), "…");
        assert_eq!(shorten("ä".repeat(5000)), "ääääää…");
    }

    #[test]
    fn a_line_stays_one_line_and_reads_as_it_was_written() {
        let sent = "a\nb\rc\x1b[31md\u{202e}e\u{2066}f\u{200b}g\u{feff}h\u{85}i\u{2028}j\u{9b}k\u{3164}l\u{301}m";
        let mut line = String::new();
        push_clean(&mut line, sent);
        assert_eq!(line, "a?b?c?[31md?e?f?g?h?i?j?k?l?m");
        line.clear();
        push_clean(&mut line, "Zoë Ünal 東京 §4.1 …");
        assert_eq!(line, "Zoë Ünal 東京 §4.1 …");
    }

    #[test]
    fn text_is_decoded_as_far_as_it_is_looked_at() {
        assert_eq!(decode("a+b%2Fc%0A"), "a b/c\n");
        assert_eq!(decode(&"x".repeat(100_000)).len(), LOOKED_AT);
    }
}
