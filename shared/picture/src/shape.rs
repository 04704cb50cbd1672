//! The small shapes: a mark has a shape, a colour and a name, so that no eye depends on the colour alone.

use crate::marks::Mark;

/// The outline of a mark's shape, in a square of 10 by 10.
fn outline(kind: &str) -> &'static str {
    match kind {
        "state" => "M5 0a5 5 0 1 0 .01 0z",
        "code" => "M5 0 10 5 5 10 0 5z",
        "challenge" => "M0 9.5 5 .5 10 9.5z",
        "verifier" => "M0 .5H10L5 9.5z",
        "access-token" => "M.5 .5h9v9h-9z",
        "refresh-token" => "M5 0 9.5 2.5v5L5 10 .5 7.5v-5z",
        "ticket" => "M0 2h10v2a1 1 0 0 0 0 2v2H0V6a1 1 0 0 0 0-2z",
        _ => "M2 2h6v6H2z",
    }
}

/// The classes of a mark: its kind's colour, and filled or outlined in turn, so that two states look different.
pub(crate) fn class(mark: &Mark) -> String {
    let turn = if mark.number.is_multiple_of(2) {
        "even"
    } else {
        "odd"
    };
    let kind = if mark.travels() { &mark.kind } else { "other" };
    format!("k-{kind} {turn}")
}

/// How wide the pill of a mark is in a drawing.
pub(crate) fn pill_width(mark: &Mark) -> f64 {
    mark.name().len() as f64 * 6.7 + 27.0
}

/// The pill of a mark: `x` is its left edge, `y` its middle.
pub(crate) fn pill(mark: &Mark, x: f64, y: f64) -> String {
    let (class, width, top) = (class(mark), pill_width(mark), y - 9.0);
    format!(
        "<g class=\"pill {class}\"><rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"18\" rx=\"9\"/>\
         <path d=\"{}\" transform=\"translate({:.1} {:.1})\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
        outline(&mark.kind),
        x + 7.0,
        y - 5.0,
        x + 20.0,
        y + 4.0,
        crate::escape(&mark.name()),
    )
}

/// The shape of a mark alone, around a point. `born` draws a ring around it.
pub(crate) fn dot(mark: &Mark, x: f64, y: f64, born: bool) -> String {
    let ring = match born {
        true => format!("<circle class=\"ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9.5\"/>"),
        false => String::new(),
    };
    let (class, d) = (class(mark), outline(&mark.kind));
    let (left, top) = (x - 5.0, y - 5.0);
    format!(
        "<g class=\"dot {class}\">{ring}<path d=\"{d}\" transform=\"translate({left:.1} {top:.1})\"/></g>"
    )
}

/// The same pill for HTML.
pub(crate) fn html_pill(mark: &Mark) -> String {
    format!(
        "<span class=\"mark {}\"><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path d=\"{}\"/></svg>{}</span>",
        class(mark),
        outline(&mark.kind),
        crate::escape(&mark.name()),
    )
}
