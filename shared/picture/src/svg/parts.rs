//! What messages and deeds are drawn of.

use std::fmt::Write;

use crate::marks::Mark;
use crate::shape;

/// Covers the lanes behind a line of text.
pub(super) fn mask(middle: f64, top: f64, width: f64, height: f64, out: &mut String) {
    let left = middle - width / 2.0 - 3.0;
    let _ = write!(
        out,
        "<rect class=\"mask\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{height}\"/>",
        width + 6.0
    );
}

pub(super) fn draw_pills(marks: &[&Mark], mut x: f64, y: f64, out: &mut String) {
    for mark in marks {
        out.push_str(&shape::pill(mark, x, y));
        x += shape::pill_width(mark) + 5.0;
    }
}

/// Breaks pills into lines that have room.
pub(super) fn lines<'m>(marks: &[&'m Mark], room: f64) -> Vec<Vec<&'m Mark>> {
    let mut lines: Vec<Vec<&Mark>> = Vec::new();
    let mut left = 0.0;
    for mark in marks {
        let width = shape::pill_width(mark) + 5.0;
        match lines.last_mut() {
            Some(line) if width <= left => line.push(mark),
            _ => {
                lines.push(vec![mark]);
                left = room;
            }
        }
        left -= width;
    }
    lines
}

/// An arrow: double in the back channel; its head is filled for a request and open for an answer.
pub(super) fn arrow(out: &mut String, from: f64, to: f64, y: f64, back: bool, request: bool) {
    let way = if to > from { 1.0 } else { -1.0 };
    let tip = if request {
        to - way * 9.0
    } else {
        to - way * 1.5
    };
    let _ = match back {
        true => write!(
            out,
            "<path class=\"line\" d=\"M{from:.1} {0}H{1:.1}M{from:.1} {2}H{1:.1}\"/>",
            y - 2.5,
            to - way * 8.0,
            y + 2.5
        ),
        false => write!(out, "<path class=\"line\" d=\"M{from:.1} {y}H{tip:.1}\"/>"),
    };
    let (x, half) = (to - way * 11.0, 6.5);
    let class = if request { "head" } else { "head open" };
    let close = if request { "z" } else { "" };
    let _ = write!(
        out,
        "<path class=\"{class}\" d=\"M{x:.1} {:.1}L{to:.1} {y}L{x:.1} {:.1}{close}\"/>",
        y - half,
        y + half
    );
}

/// Names in so many lines at most, of so many characters at most.
pub(super) fn wrap(names: &[&str], between: &str, length: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        let wanted = between.len() + name.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + wanted <= length => {
                line.push_str(between);
                line.push_str(name);
            }
            _ => lines.push((*name).to_string()),
        }
    }
    lines.truncate(most);
    lines.iter().map(|line| cut(line, length)).collect()
}

/// The first characters, and a sign where there were more.
pub(super) fn cut(text: &str, length: usize) -> String {
    match text.chars().count() > length.max(4) {
        true => text.chars().take(length.max(4) - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}
