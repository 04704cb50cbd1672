//! The diagram: lanes from left to right, time from top to bottom. Each row is a strip that can stand alone, so a
//! page can put the same strips into a list.

mod deed;
mod message;
mod parts;
mod strip;
mod threads;

use std::fmt::Write;

use crate::CSS;
use crate::cast::Cast;
use crate::escape;
use crate::merge::Flow;
pub(crate) use strip::Strips;

/// How a stand-alone drawing looks.
#[derive(Clone, Debug)]
pub struct Style {
    /// What it shows, as its heading.
    pub title: String,
    /// What it shows, in a sentence for those who can't see it.
    pub description: String,
    /// Whether what the processes store and look up is drawn, too.
    pub deeds: bool,
}

/// Light by default, dark where the reader wants it dark.
const DARK: &str = "@media (prefers-color-scheme: dark) { .picture { --ink: #f0f3f6; --soft: #b1bac4; --ground: #151b23; --panel: #212830; --line: #6e7681; --browser: #b1bac4; --client: #79b8ff; --server: #ff8a94; --attacker: #d2a8ff; --store: #d9d66b; --on: #0d1117; --pill: #0d1117; \
 --state: #5eead4; --code: #fdba74; --challenge: #d8b4fe; --verifier: #f0abfc; --access: #86efac; --refresh: #f9a8d4; --ticket: #93c5fd; --other: #b1bac4; } }";

/// One flow as an SVG that needs nothing else. Nothing in it changes from run to run.
pub fn drawing(flow: &Flow, cast: &Cast, style: &Style) -> String {
    let rows: Vec<_> =
        flow.rows.iter().filter(|row| style.deeds || row.what != crate::What::Deed).collect();
    let strips = Strips::new(&rows, cast);
    let (width, mut y) = (strips.width(), 40.0);
    let mut body = String::new();
    let _ = write!(body, "<g transform=\"translate(0 {y})\">{}</g>", strips.head());
    y += Strips::HEAD;
    for index in 0..rows.len() {
        let (height, strip) = strips.strip(index);
        let _ = write!(body, "<g transform=\"translate(0 {y:.0})\">{strip}</g>");
        y += height;
    }
    let _ = write!(body, "<g transform=\"translate(0 {y:.0})\">{}</g>", strips.legend());
    y += Strips::LEGEND;
    let (title, description) = (escape(&style.title), escape(&style.description));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {y:.0}\" role=\"img\" aria-labelledby=\"t d\" class=\"picture paper\">\
         <title id=\"t\">{title}</title><desc id=\"d\">{description}</desc><style>{CSS}{DARK}</style>\
         <rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"10\"/><text class=\"title\" x=\"24\" y=\"28\">{title}</text>{body}</svg>\n"
    )
}
