//! Forms and links of a page, found the tolerant way: any order of attributes, any quotes, broken markup.

/// A form of a page.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// `action` as written; empty means this page.
    pub action: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Inputs, buttons and the like that have a name.
    pub inputs: Vec<Input>,
}

/// A field of a form.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name that is sent.
    pub name: String,
    /// The value that stands in the page.
    pub value: String,
    /// `hidden`, `text`, `password`, `submit`, …
    pub kind: String,
}

/// A link of a page.
#[derive(Clone, Debug)]
pub struct Link {
    /// `href` as written.
    pub href: String,
    /// The text between the tags, without markup.
    pub text: String,
}

impl Form {
    /// Has it a field of that name?
    pub fn has(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name)
    }

    /// The first field of that type.
    pub fn of_kind(&self, kind: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.kind == kind)
    }

    /// What a browser would send: hidden fields kept, `given` typed in, buttons not pressed.
    pub fn filled(&self, given: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for input in &self.inputs {
            let typed = given.iter().find(|pair| pair.0 == input.name);
            let silent = matches!(
                input.kind.as_str(),
                "submit" | "button" | "image" | "reset" | "checkbox" | "radio" | "file"
            );
            match typed {
                Some((name, value)) => pairs.push(((*name).to_owned(), (*value).to_owned())),
                None if silent => {}
                None => pairs.push((input.name.clone(), input.value.clone())),
            }
        }
        for (name, value) in given {
            if !self.has(name) {
                pairs.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        pairs
    }
}

/// All forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    for tag in tags(html) {
        match tag.name.as_str() {
            "form" => {
                let method = tag.get("method").unwrap_or("GET").to_ascii_uppercase();
                let action = tag.get("action").unwrap_or_default().to_owned();
                forms.push(Form {
                    action,
                    method,
                    inputs: Vec::new(),
                });
                open = true;
            }
            "/form" => open = false,
            "input" | "button" | "select" | "textarea" if open => {
                let usual = if tag.name == "button" {
                    "submit"
                } else {
                    "text"
                };
                let name = tag.get("name").unwrap_or_default().to_owned();
                if let (Some(form), false) = (forms.last_mut(), name.is_empty()) {
                    form.inputs.push(Input {
                        name,
                        value: tag.get("value").unwrap_or_default().to_owned(),
                        kind: tag.get("type").unwrap_or(usual).to_ascii_lowercase(),
                    });
                }
            }
            _ => {}
        }
    }
    forms
}

/// The form that asks for a password.
pub fn login_form(html: &str) -> Option<Form> {
    forms(html)
        .into_iter()
        .find(|form| form.of_kind("password").is_some() || form.has("password"))
}

/// All links of a page.
pub fn links(html: &str) -> Vec<Link> {
    let all = tags(html);
    let mut links = Vec::new();
    for (at, tag) in all.iter().enumerate() {
        let (true, Some(href)) = (tag.name == "a", tag.get("href")) else {
            continue;
        };
        let end = all[at..]
            .iter()
            .find(|later| later.name == "/a")
            .map_or(html.len(), |later| later.start);
        links.push(Link {
            href: href.to_owned(),
            text: text(&html[tag.end..end]),
        });
    }
    links
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

/// A tag: `name` in lower case, with a leading slash when it closes.
#[derive(Debug)]
pub struct Tag {
    /// `form`, `/form`, `input`, …
    pub name: String,
    /// Names in lower case, values with entities resolved.
    pub attributes: Vec<(String, String)>,
    start: usize,
    end: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!-- <form action=no> --><p>a < b</p>
        <FORM method='post' ACTION="/login?a=1&amp;b=2"><input type=hidden value="t&#x27;&quot;" name=ticket>
        <input name="username"/><input value='>' name = 'q' disabled><input type="password" name="password">
        <button name=go value=1>Go</button></form><a class=x href=/start>Start <b>auth</b></a><script>"<form>"</script>"#;

    #[test]
    fn a_form_is_found_in_messy_markup() {
        let form = login_form(PAGE).expect("a login form");
        assert_eq!((form.method.as_str(), form.action.as_str()), ("POST", "/login?a=1&b=2"));
        let sent = form.filled(&[("username", "u"), ("password", "p")]);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            sent,
            [
                ("ticket", "t'\""),
                ("username", "u"),
                ("q", ">"),
                ("password", "p")
            ]
        );
        assert_eq!(forms(PAGE).len(), 1);
    }

    #[test]
    fn a_link_has_its_text() {
        let links = links(PAGE);
        assert_eq!((links[0].href.as_str(), links[0].text.as_str()), ("/start", "Start auth"));
    }

    #[test]
    fn nonsense_ends() {
        for page in [
            "<",
            "<a",
            "<a =",
            "<a ==>",
            "<a b=\"",
            "<!--",
            "&",
            "&#x;",
            "<script>",
            "</",
            "<é é=é>",
            "&é;",
            "<a 'é",
        ] {
            tags(page);
            text(page);
            forms(page);
            links(page);
        }
    }
}
