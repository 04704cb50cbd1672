//! A message: an arrow between two lanes, its name above, and what comes with it below.

use std::fmt::Write;

use super::parts::arrow;
use super::parts::cut;
use super::parts::draw_pills;
use super::parts::lines;
use super::parts::mask;
use super::parts::wrap;
use super::strip::Strips;
use crate::escape;
use crate::marks::Mark;
use crate::shape;
use crate::tell::Row;
use crate::tell::What;

/// The height of an arrow in its strip, below a name of one line.
const ARROW: f64 = 30.0;

/// The height of one more line.
const LINE: f64 = 16.0;

impl Strips<'_> {
    /// The room between the ends of an arrow.
    fn room(&self, row: &Row) -> f64 {
        (self.x(row.from) - self.x(row.to)).abs() - 40.0
    }

    /// The name of a message, in two lines where two lanes are near each other.
    fn name(&self, row: &Row) -> Vec<String> {
        let words: Vec<&str> = row.term.split(' ').collect();
        let mut lines = wrap(&words, " ", (self.room(row) / 7.2) as usize, 2);
        if let Some(last) = lines.last_mut() {
            last.push_str(&row.count());
        }
        lines
    }

    /// How high the arrow of a message is in its strip.
    fn arrow_at(&self, row: &Row) -> f64 {
        ARROW + LINE * self.name(row).len().saturating_sub(1) as f64
    }

    /// The strip of a message: its height, that of its arrow, and what is in it.
    pub(super) fn message(&self, index: usize, row: &Row) -> (f64, f64, String) {
        let (from, to) = (self.x(row.from), self.x(row.to));
        let middle = (from + to) / 2.0;
        let room = self.room(row);
        let arrow_at = self.arrow_at(row);
        let colour = self.cast.colour(row.from);
        let mut out = String::new();
        let mut text = String::new();
        let height = self.below(row, middle, room, &mut text);
        self.follow(index, row, height, &mut out);
        let _ = write!(out, "<g class=\"c-{colour}\">");
        let way = if to > from { 1.0 } else { -1.0 };
        arrow(
            &mut out,
            from + way * 10.0,
            to - way * 3.0,
            arrow_at,
            row.back,
            row.what == What::Ask,
        );
        let _ = write!(
            out,
            "<circle class=\"number\" cx=\"{from:.1}\" cy=\"{arrow_at}\" r=\"11\"/><text class=\"number\" x=\"{from:.1}\" y=\"{:.1}\">{}</text></g>",
            arrow_at + 4.0,
            row.number
        );
        self.title(row, middle, &mut out);
        out.push_str(&text);
        (height, arrow_at, out)
    }

    /// What the message is called, above its arrow.
    fn title(&self, row: &Row, middle: f64, out: &mut String) {
        let lines = self.name(row);
        let class = if row.bad { "term bad" } else { "term" };
        for (nth, line) in lines.iter().enumerate() {
            let is_last = nth + 1 == lines.len();
            let bad = if row.bad && nth == 0 { "✕ " } else { "" };
            let (channel, more) = match row.back && is_last {
                true => ("<tspan class=\"channel\"> · back channel</tspan>", 92.0),
                false => ("", 0.0),
            };
            let top = LINE * nth as f64;
            mask(middle, 7.0 + top, line.chars().count() as f64 * 7.4 + more, 16.0, out);
            let _ = write!(
                out,
                "<text class=\"{class}\" x=\"{middle:.1}\" y=\"{}\">{bad}{}{channel}</text>",
                19.0 + top,
                escape(line)
            );
        }
    }

    /// What stands below the arrow: what it is on the wire, its marks, what else comes with it. Returns the height.
    fn below(&self, row: &Row, middle: f64, room: f64, out: &mut String) -> f64 {
        let wire = on_the_wire(&row.wire, (room / 7.3) as usize);
        let wire_width = wire.chars().count() as f64 * 7.25;
        let shown: Vec<&Mark> = row.marks.iter().collect();
        let pills: f64 = shown.iter().map(|mark| shape::pill_width(mark) + 5.0).sum();
        let mut y = self.arrow_at(row) + 18.0;
        let beside = !shown.is_empty() && wire_width + pills + 8.0 <= room;
        let start = match beside {
            true => middle - (wire_width + pills + 8.0) / 2.0,
            false => middle - wire_width / 2.0,
        };
        let line = if beside {
            wire_width + pills + 8.0
        } else {
            wire_width
        };
        mask(middle, y - 9.0, line, 18.0, out);
        let _ = write!(
            out,
            "<text class=\"wire\" x=\"{start:.1}\" y=\"{:.1}\">{}</text>",
            y + 4.0,
            escape(&wire)
        );
        if beside {
            draw_pills(&shown, start + wire_width + 8.0, y, out);
        } else {
            for line in lines(&shown, room) {
                y += 21.0;
                let width: f64 = line.iter().map(|mark| shape::pill_width(mark) + 5.0).sum();
                draw_pills(&line, middle - (width - 5.0) / 2.0, y, out);
            }
        }
        let more: Vec<&str> =
            row.more.iter().map(String::as_str).filter(|name| *name != "Cookie").collect();
        for (nth, line) in below(&more, (room / 6.1) as usize).into_iter().enumerate() {
            y += if nth == 0 { 18.0 } else { 15.0 };
            mask(middle, y - 7.0, line.chars().count() as f64 * 6.3, 16.0, out);
            let _ = write!(
                out,
                "<text class=\"more\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>",
                y + 4.0,
                escape(&line)
            );
        }
        y + 16.0
    }

    /// The bend at the browser's lane: an answer sent it on, and the next row is where it went.
    fn follow(&self, index: usize, row: &Row, height: f64, out: &mut String) {
        let followed = self.rows.get(index + 1).is_some_and(|next| next.follows);
        if row.what == What::Answer && followed {
            let (x, y) = (self.x(row.to), self.arrow_at(row));
            let _ = write!(
                out,
                "<path class=\"follow\" d=\"M{x:.1} {y}C{0:.1} {y} {0:.1} {y} {0:.1} {height:.1}\"/>",
                x - 26.0
            );
        }
        if row.follows {
            let (x, y) = (self.x(row.from), self.arrow_at(row));
            let _ = write!(
                out,
                "<path class=\"follow\" d=\"M{0:.1} 0C{0:.1} {y} {0:.1} {y} {1:.1} {y}\"/>",
                x - 26.0,
                x - 12.0
            );
        }
    }
}

/// What comes with a message, in lines. A sentence that is longer than a line is broken between words.
fn below(more: &[&str], length: usize) -> Vec<String> {
    let (long, short): (Vec<&str>, Vec<&str>) =
        more.iter().partition(|text| text.chars().count() > length);
    let sentences = long.iter().map(|text| text.split(' ').collect::<Vec<_>>());
    let mut lines: Vec<String> = sentences.flat_map(|words| wrap(&words, " ", length, 3)).collect();
    lines.extend(wrap(&short, ", ", length, 3));
    lines
}

/// What the message is on the wire. Where there is no room, the arrow and the path alone say where a redirect goes.
fn on_the_wire(wire: &str, length: usize) -> String {
    let short = wire.split_once(" (").map(|(path, _)| path);
    cut(short.filter(|_| wire.chars().count() > length).unwrap_or(wire), length)
}
