//! Values that are almost right.

/// The same text with one character replaced by another of the same alphabet (`-` and `_` by a letter).
pub fn one_changed(text: &str, at: usize) -> String {
    let change = |c: char| match c {
        'A' | 'a' | '0' => 'B',
        _ => 'A',
    };
    text.char_indices().map(|(index, c)| if index == at { change(c) } else { c }).collect()
}

/// The same text with the case of one letter changed, the first letter from `from` on. `None` when there is none.
pub fn one_case_changed(text: &str, from: usize) -> Option<String> {
    let mut changed = text.to_owned();
    let at = text.char_indices().find(|(at, c)| *at >= from && c.is_ascii_alphabetic())?.0;
    let letter = &text[at..=at];
    let other = if letter.chars().all(|c| c.is_ascii_lowercase()) {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    };
    changed.replace_range(at..=at, &other);
    Some(changed)
}

/// What differs from an ASCII text in one character, or in the case of letters: first, last and in between, and long
/// after any beginning that a careless comparison may stop at. All are as long as the text.
pub fn almost(text: &str) -> Vec<String> {
    let last = text.len().saturating_sub(1);
    let mut found = vec![
        one_changed(text, 0),
        one_changed(text, text.len() / 2),
        one_changed(text, last),
        text.to_ascii_lowercase(),
        text.to_ascii_uppercase(),
    ];
    found.extend(one_case_changed(text, 0));
    found.extend(one_case_changed(text, text.len() / 2));
    found.retain(|near| near != text);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_miss_nearly() {
        let text = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let near = almost(text);
        assert_eq!(near.len(), 7);
        for miss in near {
            assert_eq!(miss.len(), text.len());
            assert_ne!(miss, text);
        }
        assert_eq!(one_changed("abA", 2), "abB");
        assert_eq!(one_case_changed("1a", 0).as_deref(), Some("1A"));
        assert_eq!(one_case_changed("12", 0), None);
        assert_eq!(almost("0").len(), 3);
    }
}
