//! One row of the diagram: a message as an arrow between two lanes, or a deed as a box on one.

use std::fmt::Write;

use super::threads::Threads;
use crate::cast::Cast;
use crate::escape;
use crate::marks::Mark;
use crate::shape;
use crate::tell::Row;
use crate::tell::What;

/// The lanes stand between these.
const LEFT: f64 = 104.0;
const RIGHT: f64 = 860.0;

/// Where the lanes end and the threads begin.
const EDGE: f64 = 992.0;

/// The height of an arrow in its strip.
const ARROW: f64 = 30.0;

/// The rows of one picture, ready to be drawn.
pub(crate) struct Strips<'a> {
    rows: &'a [&'a Row],
    cast: &'a Cast,
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

    fn x(&self, lane: usize) -> f64 {
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

    fn message(&self, index: usize, row: &Row) -> (f64, f64, String) {
        let (from, to) = (self.x(row.from), self.x(row.to));
        let middle = (from + to) / 2.0;
        let room = (from - to).abs() - 40.0;
        let colour = self.cast.colour(row.from);
        let mut out = String::new();
        let mut text = String::new();
        let height = self.below(row, middle, room, &mut text);
        self.follow(index, row, height, &mut out);
        let _ = write!(out, "<g class=\"c-{colour}\">");
        let way = if to > from { 1.0 } else { -1.0 };
        arrow(&mut out, from + way * 10.0, to - way * 3.0, ARROW, row.back, row.what == What::Ask);
        let _ = write!(
            out,
            "<circle class=\"number\" cx=\"{from:.1}\" cy=\"{ARROW}\" r=\"11\"/><text class=\"number\" x=\"{from:.1}\" y=\"{:.1}\">{}</text></g>",
            ARROW + 4.0,
            row.number
        );
        let bad = if row.bad { "✕ " } else { "" };
        let term_class = if row.bad { "term bad" } else { "term" };
        let channel = if row.back {
            "<tspan class=\"channel\"> · back channel</tspan>"
        } else {
            ""
        };
        let term = cut(&row.term, (room / 7.2) as usize);
        let length = term.chars().count() as f64 * 7.4 + if row.back { 92.0 } else { 0.0 };
        mask(middle, 7.0, length, 16.0, &mut out);
        let _ = write!(
            out,
            "<text class=\"{term_class}\" x=\"{middle:.1}\" y=\"19\">{bad}{}{channel}</text>",
            escape(&term)
        );
        out.push_str(&text);
        (height, ARROW, out)
    }

    /// What stands below the arrow: what it is on the wire, its marks, what else comes with it. Returns the height.
    fn below(&self, row: &Row, middle: f64, room: f64, out: &mut String) -> f64 {
        let wire = cut(&row.wire, (room / 7.3) as usize);
        let wire_width = wire.chars().count() as f64 * 7.25;
        let shown: Vec<&Mark> = row.marks.iter().collect();
        let pills: f64 = shown.iter().map(|mark| shape::pill_width(mark) + 5.0).sum();
        let mut y = ARROW + 18.0;
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
        for (nth, line) in wrap(&more, (room / 6.1) as usize).into_iter().enumerate() {
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
            let (x, y) = (self.x(row.to), ARROW);
            let _ = write!(
                out,
                "<path class=\"follow\" d=\"M{x:.1} {y}C{0:.1} {y} {0:.1} {y} {0:.1} {height:.1}\"/>",
                x - 26.0
            );
        }
        if row.follows {
            let (x, y) = (self.x(row.from), ARROW);
            let _ = write!(
                out,
                "<path class=\"follow\" d=\"M{0:.1} 0C{0:.1} {y} {0:.1} {y} {1:.1} {y}\"/>",
                x - 26.0,
                x - 12.0
            );
        }
    }

    fn deed(&self, row: &Row) -> (f64, f64, String) {
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

/// Covers the lanes behind a line of text.
fn mask(middle: f64, top: f64, width: f64, height: f64, out: &mut String) {
    let left = middle - width / 2.0 - 3.0;
    let _ = write!(
        out,
        "<rect class=\"mask\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{height}\"/>",
        width + 6.0
    );
}

fn draw_pills(marks: &[&Mark], mut x: f64, y: f64, out: &mut String) {
    for mark in marks {
        out.push_str(&shape::pill(mark, x, y));
        x += shape::pill_width(mark) + 5.0;
    }
}

/// Breaks pills into lines that have room.
fn lines<'m>(marks: &[&'m Mark], room: f64) -> Vec<Vec<&'m Mark>> {
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
fn arrow(out: &mut String, from: f64, to: f64, y: f64, back: bool, request: bool) {
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

/// Names in lines of at most so many characters, three of them at most.
fn wrap(names: &[&str], length: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.chars().count() + 2 <= length => {
                line.push_str(", ");
                line.push_str(name);
            }
            _ => lines.push((*name).to_string()),
        }
    }
    lines.truncate(3);
    lines.iter().map(|line| cut(line, length)).collect()
}

/// The first characters, and a sign where there were more.
pub(crate) fn cut(text: &str, length: usize) -> String {
    match text.chars().count() > length.max(4) {
        true => text.chars().take(length.max(4) - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}
