//! Forms and links of a page.

use crate::html::{tags, text};

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
    /// Is it ticked when the page arrives?
    pub checked: bool,
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

    /// What a browser would send: hidden fields and ticks kept, `given` typed in, buttons not pressed.
    pub fn filled(&self, given: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for input in &self.inputs {
            let typed = given.iter().find(|pair| pair.0 == input.name);
            let silent = match input.kind.as_str() {
                "submit" | "button" | "image" | "reset" | "file" => true,
                "checkbox" | "radio" => !input.checked,
                _ => false,
            };
            match typed {
                // Of several buttons with one name, only the one with that value was pressed.
                Some((_, value)) if input.kind == "submit" && *value != input.value => {}
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
                let ticks = matches!(tag.get("type"), Some("checkbox" | "radio"));
                let name = tag.get("name").unwrap_or_default().to_owned();
                if let (Some(form), false) = (forms.last_mut(), name.is_empty()) {
                    form.inputs.push(Input {
                        name,
                        value: tag.get("value").unwrap_or(if ticks { "on" } else { "" }).to_owned(),
                        kind: tag.get("type").unwrap_or(usual).to_ascii_lowercase(),
                        checked: tag.get("checked").is_some(),
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

/// The form that asks the user to agree, with the button that says yes: a POST form without a password.
pub fn consent_form(html: &str) -> Option<(Form, Option<Input>)> {
    let form = forms(html).into_iter().find(|form| form.method == "POST")?;
    let action = form.action.to_lowercase();
    if form.of_kind("password").is_some() || action.contains("logout") || action.contains("signout")
    {
        return None;
    }
    let says_yes = |input: &&Input| {
        let text = format!("{} {}", input.name, input.value).to_lowercase();
        [
            "allow", "accept", "approve", "agree", "yes", "confirm", "continue",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    let buttons = || form.inputs.iter().filter(|input| input.kind == "submit");
    let yes = buttons().find(says_yes).or_else(|| buttons().next()).cloned();
    Some((form, yes))
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
