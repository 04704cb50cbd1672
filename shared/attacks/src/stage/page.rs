//! How the attacker's pages look: dark, so that nobody takes them for the lab's.

use crate::attack::{Attack, Cell};
use crate::scene::Scene;
use crate::stage::NAMES;
use crate::tale::Line;
use crate::tell;
use kit::ladder::newest;

pub const STYLE: &str = "
:root { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: #15120f; color: #ede6df; font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; border-top: 6px solid #e0a82e; }
main { max-width: 46rem; margin: 0 auto; padding: 0 1rem 3rem; overflow-wrap: anywhere; }
h1, h2 { color: #f2c14e; line-height: 1.25; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: #f2c14e; }
code, pre { font: .85rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: #211c17; border: 1px solid #453b30; border-radius: 6px; padding: .8rem; white-space: pre-wrap; }
.bait, button { display: inline-block; font: inherit; font-weight: 600; color: #15120f; background: #f2c14e; border: 0; border-radius: 6px; padding: .6rem 1.1rem; text-decoration: none; cursor: pointer; }
ol.tale { background: #211c17; border: 1px solid #453b30; border-radius: 6px; padding: .6rem .8rem .6rem 2.2rem; }
.tale code { white-space: pre-wrap; }
.note { color: #b9aea2; }
.mask { border-left: 4px solid #e0a82e; background: #2a2117; padding: .6rem .8rem; }
.frame { position: relative; height: 26rem; margin: 1rem 0; border: 1px dashed #e0a82e; overflow: hidden; }
.frame .lure { position: absolute; inset: 0; padding: 2rem; background: #2a2117; }
.frame iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; opacity: .06; background: #fff; }
#reveal:checked ~ .frame iframe { opacity: 1; }
:focus-visible { outline: 3px solid #f2c14e; outline-offset: 2px; }
li { margin: .3rem 0; }
";

/// A page in the making.
pub struct Page {
    body: String,
    title: String,
}

impl Page {
    /// The head of the page of an attack.
    pub fn new(attack: &Attack, version: u8) -> Self {
        let mut body = format!("<h1>{}</h1>", escape(attack.title));
        body += "<p class=\"mask\">This is the attacker's site. You are the victim, <code>user0</code>. ";
        body += &format!(
            "The attack is <code>{}</code>, the lab runs <code>v{version:02}</code>.</p>",
            attack.name
        );
        body += &format!("<p>{}</p>", escape(attack.story));
        Page {
            body,
            title: format!("[attacker] {}", attack.name),
        }
    }

    /// A heading.
    pub fn heading(mut self, text: &str) -> Self {
        self.body += &format!("<h2>{}</h2>", escape(text));
        self
    }

    /// A paragraph of markup that is ours.
    pub fn html(mut self, html: impl AsRef<str>) -> Self {
        self.body += html.as_ref();
        self
    }

    /// A paragraph.
    pub fn text(mut self, text: &str) -> Self {
        self.body += &format!("<p>{}</p>", escape(text));
        self
    }

    /// A list of things to do or to look at; backquotes mark code.
    pub fn list(mut self, items: &[String]) -> Self {
        let items: Vec<String> =
            items.iter().map(|item| format!("<li>{}</li>", code(item))).collect();
        self.body += &format!("<ol>{}</ol>", items.concat());
        self
    }

    /// The messages that the attacker has just sent.
    pub fn tale(mut self, scene: &Scene) -> Self {
        self.body += "<ol class=\"tale\">";
        for line in scene.tale() {
            self.body += &match line {
                Line::Message(message) => {
                    let parts = tell::parts(&message);
                    let code =
                        |lines: &[String]| format!("<code>{}</code>", escape(&lines.join("\n")));
                    format!(
                        "<li><b>{} → {}</b> {}<br>{}<br>{}</li>",
                        message.from.letter(),
                        message.to.letter(),
                        code(&parts.request),
                        code(&parts.answer),
                        escape(&message.meaning)
                    )
                }
                Line::Heading(text) | Line::Aside(text) => format!("<li>{}</li>", escape(&text)),
            };
        }
        self.body += "</ol><p class=\"note\">A is the attacker, C the client, S the authorization server.</p>";
        self
    }

    /// The end of the page: what it means, and where to go on.
    pub fn end(self, attack: &Attack, version: u8) -> String {
        let next = match (attack.cell(version), attack.cured_in()) {
            (Cell::Succeeds, Some(cure)) => format!(
                "It succeeds here. From v{cure:02} on it is stopped: <code>cargo lab attack {} v{cure:02} --stage</code>",
                attack.name
            ),
            (Cell::Succeeds, None) => {
                format!("It succeeds here, and no version up to v{:02} stops it.", newest())
            }
            (Cell::Stopped, _) => format!(
                "It is stopped here. Which line does it: <code>cargo lab attack {} v{version:02}</code>",
                attack.name
            ),
            (Cell::NotYet, _) => "In this version there is nothing to attack yet.".to_owned(),
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{}</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body><main>{}<h2>Then</h2><p>{next}</p>\
             <p class=\"note\">Read {}.</p><p class=\"note\">Also on this site: {}.</p></main></body></html>",
            escape(&self.title),
            self.body,
            escape(attack.section),
            others(attack)
        )
    }
}

/// Links to the other acts.
fn others(attack: &Attack) -> String {
    let names = NAMES.iter().filter(|name| **name != attack.name);
    let links: Vec<String> = names.map(|name| format!("<a href=\"/{name}\">{name}</a>")).collect();
    links.join(", ")
}

/// Text as text.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Text with its backquoted parts as code, and addresses in them as links.
fn code(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        html += &match (index % 2, part.starts_with("http://")) {
            (0, _) => part,
            (_, true) => format!(
                "<a href=\"{part}\" target=\"_blank\" rel=\"noreferrer\"><code>{part}</code></a>"
            ),
            (_, false) => format!("<code>{part}</code>"),
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_shown_as_text() {
        assert_eq!(
            code("see `<b>` & `http://x/?a=1&b`"),
            "see <code>&lt;b&gt;</code> &amp; <a href=\"http://x/?a=1&amp;b\" target=\"_blank\" rel=\"noreferrer\"><code>http://x/?a=1&amp;b</code></a>"
        );
    }
}
