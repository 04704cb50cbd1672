//! Colours, line breaks and shortened values.

/// Text in a colour, by its number in a terminal.
pub fn paint(colour: &str, text: &str) -> String {
    format!("\x1b[{colour}m{text}\x1b[0m")
}

/// Bold text.
pub fn bold(text: &str) -> String {
    paint("1", text)
}

/// Text that steps back.
pub fn dim(text: &str) -> String {
    paint("2", text)
}

/// A command to type.
pub fn command(text: &str) -> String {
    paint("36", text)
}

/// Breaks text into lines of at most `width` characters; each line after the first is indented.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// A long value without its middle: what it begins and ends with is enough to recognise it. Text and addresses stay readable.
pub fn shorten(value: &str) -> String {
    let length = value.chars().count();
    if value.contains(['/', ' ']) {
        return cut(value, 90);
    }
    if length <= 40 {
        return value.to_owned();
    }
    let start: String = value.chars().take(8).collect();
    let end: String = value.chars().skip(length - 6).collect();
    format!("{start}…{end}")
}

/// At most so many characters of a text.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_by_its_ends() {
        let code = "AbCdEfGh-0123456789-0123456789-0123456-uvWXYZ";
        assert_eq!(shorten(code), "AbCdEfGh…uvWXYZ");
        assert_eq!(shorten("demo-client"), "demo-client");
        assert_eq!(
            shorten("http://localhost.evil.test:25000/callback"),
            "http://localhost.evil.test:25000/callback"
        );
        assert_eq!(shorten(&"é".repeat(41)), "éééééééé…éééééé");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 9, 2), "one two\n  three");
        assert_eq!(cut("abc", 2), "ab…");
    }
}
