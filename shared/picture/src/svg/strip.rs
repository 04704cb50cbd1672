//! The rows of the diagram on their lanes. Each is a strip: a message, or a deed.

use std::fmt::Write;

use super::parts::arrow;
use super::threads::Threads;
use crate::cast::Cast;
use crate::escape;
use crate::tell::Row;
use crate::tell::What;

/// The lanes stand between these.
const LEFT: f64 = 104.0;
const RIGHT: f64 = 860.0;

/// Where the lanes end and the threads begin.
pub(super) const EDGE: f64 = 992.0;

/// The rows of one picture, ready to be drawn.
pub(crate) struct Strips<'a> {
    pub(super) rows: &'a [&'a Row],
    pub(super) cast: &'a Cast,
    threads: Threads,
}

impl<'a> Strips<'a> {
    /// The height of the head.
    pub(crate) const HEAD: f64 = 44.0;
    /// The height of the legend.
    pub(crate) const LEGEND: f64 = 52.0;

    pub(crate) fn new(rows: &'a [&'a Row], cast: &'a Cast) -> Strips<'a> {
        let threads = Threads::new(rows, EDGE);
        Strips {
            rows,
            cast,
            threads,
        }
    }

    pub(crate) fn width(&self) -> f64 {
        EDGE + self.threads.width() + 8.0
    }

    /// Where a lane stands.
    pub(super) fn x(&self, lane: usize) -> f64 {
        let gaps = self.cast.parts.len().saturating_sub(1).max(1);
        LEFT + (RIGHT - LEFT) * lane as f64 / gaps as f64
    }

    /// The names of the lanes.
    pub(crate) fn head(&self) -> String {
        let mut head = String::new();
        for (lane, part) in self.cast.parts.iter().enumerate() {
            let (x, width) = (self.x(lane), part.name.len() as f64 * 8.2 + 36.0);
            let _ = write!(
                head,
                "<g class=\"lane c-{}\"><rect x=\"{:.1}\" y=\"6\" width=\"{width:.1}\" height=\"30\" rx=\"6\"/>\
                 <path class=\"life\" d=\"M{x:.1} 36V{}\"/><text x=\"{x:.1}\" y=\"26\">{}</text></g>",
                part.colour,
                x - width / 2.0,
                Self::HEAD,
                escape(&part.name),
            );
        }
        if self.threads.width() > 60.0 {
            let x = EDGE + self.threads.width() / 2.0;
            let _ = write!(
                head,
                "<text class=\"note\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"25\">values</text>"
            );
        }
        head
    }

    /// What the lines mean.
    pub(crate) fn legend(&self) -> String {
        let line = |x: f64, text: &str, back: bool, class: &str, filled: bool| {
            let mut line = String::new();
            let _ = write!(line, "<g class=\"{class}\">");
            arrow(&mut line, x, x + 52.0, 30.0, back, filled);
            let _ = write!(
                line,
                "<text class=\"note\" x=\"{:.1}\" y=\"34\">{text}</text></g>",
                x + 62.0
            );
            line
        };
        [
            line(24.0, "through the browser (front channel)", false, "c-client", true),
            line(330.0, "straight between two processes (back channel)", true, "c-client", true),
            line(704.0, "answer", false, "c-server", false),
            "<g class=\"dot k-state odd\"><circle class=\"ring\" cx=\"830\" cy=\"30\" r=\"9.5\"/><path d=\"M830 25a5 5 0 1 0 .01 0z\"/></g><text class=\"note\" x=\"846\" y=\"34\">a value is born</text>".to_string(),
        ]
        .concat()
    }

    /// The strip of a row: its height, and what is in it.
    pub(crate) fn strip(&self, index: usize) -> (f64, String) {
        let row = self.rows[index];
        let (height, middle, content) = match row.what {
            What::Deed => self.deed(row),
            _ => self.message(index, row),
        };
        let mut strip = String::new();
        for (lane, part) in self.cast.parts.iter().enumerate() {
            let x = self.x(lane);
            let _ = write!(
                strip,
                "<path class=\"life c-{}\" d=\"M{x:.1} 0V{:.1}\"/>",
                part.colour,
                height + 1.0
            );
        }
        self.threads.draw(index, row, middle, height, &mut strip);
        strip.push_str(&content);
        (height, strip)
    }
}
