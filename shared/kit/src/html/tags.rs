//! Tags and text of a page, as a browser would see them.

/// A tag: `name` in lower case, with a leading slash when it closes.
#[derive(Debug)]
pub struct Tag {
    /// `form`, `/form`, `input`, …
    pub name: String,
    /// Names in lower case, values with entities resolved.
    pub attributes: Vec<(String, String)>,
    /// Where it begins in the page.
    pub start: usize,
    /// Behind its last character.
    pub end: usize,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.0 == name)
            .map(|attribute| attribute.1.as_str())
    }
}

/// All tags of a page, as a browser would see them: comments and the insides of scripts and styles are none.
/// A check for injected markup asks this list, not the text.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let rest = &html[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |end| start + end + 3);
            continue;
        }
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            at = start + 1;
            continue;
        }
        let tag = tag(html, start);
        at = tag.end;
        if matches!(tag.name.as_str(), "script" | "style") {
            let close = format!("</{}", tag.name);
            at = html[at..].to_ascii_lowercase().find(&close).map_or(html.len(), |end| at + end);
        }
        tags.push(tag);
    }
    tags
}

/// Reads one tag that starts at `start`.
fn tag(html: &str, start: usize) -> Tag {
    let rest = &html[start + 1..];
    let name_end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len());
    let name = rest[..name_end].trim_end_matches('/').to_ascii_lowercase();
    let mut attributes = Vec::new();
    let mut left = &rest[name_end..];
    loop {
        left = left.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if left.is_empty() || left.starts_with('>') {
            break;
        }
        let end =
            left.find(|c: char| c.is_whitespace() || c == '=' || c == '>').unwrap_or(left.len());
        // An attribute that begins with `=` would otherwise never end.
        let end = end.max(left.chars().next().map_or(0, char::len_utf8));
        let attribute = left[..end].to_ascii_lowercase();
        left = left[end..].trim_start();
        let mut value = "";
        if let Some(after) = left.strip_prefix('=') {
            (value, left) = attribute_value(after.trim_start());
        }
        attributes.push((attribute, unescape(value)));
    }
    let end = html.len() - left.len() + usize::from(left.starts_with('>'));
    Tag {
        name,
        attributes,
        start,
        end,
    }
}

/// The value at the front, and what comes after it.
fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            let end = inside.find(quote).unwrap_or(inside.len());
            return (&inside[..end], inside.get(end + 1..).unwrap_or_default());
        }
    }
    text.split_at(text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len()))
}

/// Resolves the entities that templates write.
pub fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out += &rest[..at];
        rest = &rest[at..];
        let entity = rest[1..].find(';').filter(|end| *end <= 8).map(|end| &rest[1..=end]);
        match entity.and_then(|name| character(name).map(|c| (name, c))) {
            Some((name, c)) => {
                out.push(c);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = entity.strip_prefix('#')?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(value)
        }
    }
}

/// What a human reads: no tags, entities resolved, white space folded.
pub fn text(html: &str) -> String {
    let mut text = String::new();
    let mut from = 0;
    for tag in tags(html) {
        text += &html[from..tag.start];
        text.push(' ');
        from = tag.end;
    }
    text += &html[from..];
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}
