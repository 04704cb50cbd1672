//! What a process did: a box on its lane, or on the lane of the store that it did it in.

use std::fmt::Write;

use super::parts::arrow;
use super::parts::cut;
use super::parts::draw_pills;
use super::strip::EDGE;
use super::strip::Strips;
use crate::escape;
use crate::marks::Mark;
use crate::shape;
use crate::tell::Row;

impl Strips<'_> {
    /// The strip of a deed: its height, that of its middle, and what is in it.
    pub(super) fn deed(&self, row: &Row) -> (f64, f64, String) {
        let mut out = String::new();
        let own: Vec<&Mark> = row.marks.iter().take(1).collect();
        let others: Vec<&Mark> = row.marks.iter().skip(1).collect();
        let head = row.term.len() as f64 * 7.9 + row.wire.len() as f64 * 7.4 + 10.0;
        let pills =
            |marks: &[&Mark]| marks.iter().map(|mark| shape::pill_width(mark) + 5.0).sum::<f64>();
        let changes: Vec<String> = row.more.iter().take(3).map(|change| cut(change, 40)).collect();
        let widest =
            changes.iter().map(|change| change.chars().count() as f64 * 6.3).fold(0.0, f64::max);
        let second = if others.is_empty() {
            0.0
        } else {
            34.0 + pills(&others)
        };
        let width = (head + pills(&own)).max(second).max(widest) + 20.0;
        let lines = f64::from(u8::from(!others.is_empty())) + changes.len() as f64;
        let height = 26.0
            + lines.min(1.0) * 2.0
            + f64::from(u8::from(!others.is_empty())) * 20.0
            + changes.len() as f64 * 16.0;
        let left = (self.x(row.to) - width / 2.0).clamp(4.0, (EDGE - width - 4.0).max(4.0));
        let class = if row.bad { "deed bad" } else { "deed" };
        self.way_to_the_store(row, left, &mut out);
        let _ = write!(
            out,
            "<g class=\"{class} c-{}\"><rect x=\"{left:.1}\" y=\"5\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\"/>\
             <text x=\"{:.1}\" y=\"22\">{}<tspan class=\"row\"> {}</tspan></text></g>",
            self.cast.colour(row.to),
            left + 10.0,
            escape(&row.term),
            escape(&row.wire),
        );
        draw_pills(&own, left + 10.0 + head, 18.0, &mut out);
        let mut y = 18.0;
        if !others.is_empty() {
            y += 21.0;
            let _ = write!(
                out,
                "<text class=\"more left\" x=\"{:.1}\" y=\"{:.1}\">with</text>",
                left + 10.0,
                y + 4.0
            );
            draw_pills(&others, left + 40.0, y, &mut out);
        }
        for change in changes {
            y += 16.0;
            let _ = write!(
                out,
                "<text class=\"more left\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                left + 10.0,
                y + 5.0,
                escape(&change)
            );
        }
        (height + 10.0, 18.0, out)
    }

    /// There and back: the row is with somebody else, and each look at it is a call.
    fn way_to_the_store(&self, row: &Row, left: f64, out: &mut String) {
        let begin = self.x(row.from);
        if row.from == row.to || left < begin + 24.0 {
            return;
        }
        let _ = write!(out, "<g class=\"c-{}\">", self.cast.colour(row.from));
        arrow(out, begin, left - 2.0, 14.0, true, true);
        let _ = write!(out, "</g><g class=\"c-{}\">", self.cast.colour(row.to));
        arrow(out, left, begin + 2.0, 22.0, true, false);
        out.push_str("</g>");
    }
}
