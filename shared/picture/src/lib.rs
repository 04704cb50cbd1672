//! The picture of a flow: who sent what to whom, and what each process did with it.
//!
//! Every process notes the messages that it receives and sends ([`Note`]). [`flows`] puts the notes of all parts
//! together, and a [`Flow`] is drawn in three ways that say the same: as an SVG ([`drawing`]), as an ordered list
//! in HTML that carries the diagram ([`page`]), and as text for a terminal ([`text`]). Nothing else draws.
//!
//! - `note` is what a process writes down; nothing in it is a secret.
//! - `merge` finds out which notes belong together, `fold` what repeats, `order` what came after what, and `tell`
//!   says it in words.
//! - `marks` gives equal values equal names: `state-1` is the same state wherever you meet it.
//! - `glossary` has one line on every parameter, and where it is specified.

mod cast;
mod fold;
mod glossary;
mod html;
mod marks;
mod merge;
mod note;
mod order;
mod shape;
mod svg;
mod tell;
mod terms;
mod text;

pub use cast::Cast;
pub use cast::Part;
pub use glossary::Entry;
pub use glossary::GLOSSARY;
pub use glossary::explain;
pub use html::page;
pub use marks::Mark;
pub use merge::Flow;
pub use merge::Flows;
pub use merge::flows;
pub use merge::together;
pub use note::Answer;
pub use note::Change;
pub use note::Deed;
pub use note::Item;
pub use note::Note;
pub use note::Notes;
pub use note::Target;
pub use note::Verb;
pub use note::print;
pub use svg::Style;
pub use svg::drawing;
pub use tell::Row;
pub use tell::Told;
pub use tell::What;
pub use text::step;
pub use text::text;

/// The style sheet of the diagram, for a page and inside a stand-alone SVG.
pub const CSS: &str = include_str!("picture.css");

/// Text that may stand in HTML, in SVG, and in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
