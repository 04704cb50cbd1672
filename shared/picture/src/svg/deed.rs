//! What a process did: a box on its lane.

use std::fmt::Write;

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
        let left = (self.x(row.from) - width / 2.0).clamp(4.0, (EDGE - width - 4.0).max(4.0));
        let class = if row.bad { "deed bad" } else { "deed" };
        let _ = write!(
            out,
            "<g class=\"{class} c-{}\"><rect x=\"{left:.1}\" y=\"5\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\"/>\
             <text x=\"{:.1}\" y=\"22\">{}<tspan class=\"row\"> {}</tspan></text></g>",
            self.cast.colour(row.from),
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
}
