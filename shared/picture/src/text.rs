//! The same picture for a terminal.

use std::fmt::Write;

use crate::cast::Cast;
use crate::marks::Mark;
use crate::merge::Flow;
use crate::tell::Row;
use crate::tell::What;

/// The distance between two lanes, in characters.
const STEP: usize = 12;

/// A flow as text: the lanes at the left, what each message is at the right.
pub fn text(flow: &Flow, cast: &Cast) -> String {
    let mut text = head(cast);
    for row in &flow.rows {
        line(row, cast, &mut text);
    }
    text
}

/// One row and everything that comes with it, explained.
pub fn step(row: &Row, cast: &Cast) -> String {
    let mut text = head(cast);
    line(row, cast, &mut text);
    if !row.why.is_empty() {
        let _ = write!(text, "\n    {}\n", row.why);
    }
    let widest = row.told.iter().map(|told| told.name.chars().count()).max().unwrap_or_default();
    for told in &row.told {
        let value = match &told.mark {
            Some(mark) if told.shown.is_empty() => format!("[{}]", mark.name()),
            Some(mark) => format!("[{}] {}", mark.name(), told.shown),
            None => told.shown.clone(),
        };
        let _ = write!(text, "\n    {:widest$}  {value}\n", told.name);
        if !told.why.is_empty() {
            let section = if told.section.is_empty() {
                String::new()
            } else {
                format!(" ({})", told.section)
            };
            let _ = writeln!(text, "    {:widest$}  {}{section}", "", told.why);
        }
    }
    text
}

fn head(cast: &Cast) -> String {
    let mut head = String::from("    ");
    for part in &cast.parts {
        let name: String =
            part.name.split(' ').next().unwrap_or_default().chars().take(STEP - 1).collect();
        let _ = write!(head, "{name:STEP$}");
    }
    head.truncate(head.trim_end().len());
    head.push('\n');
    head
}

fn line(row: &Row, cast: &Cast, text: &mut String) {
    let lanes = cast.parts.len();
    let mut cells: Vec<char> = vec![' '; STEP * (lanes - 1) + 1];
    (0..lanes).for_each(|lane| cells[lane * STEP] = '│');
    let (low, high) = (row.from.min(row.to) * STEP, row.from.max(row.to) * STEP);
    if row.what == What::Deed {
        // Where the row is with somebody else, a line leads there.
        cells[low..high].fill('┄');
        cells[high] = '■';
    } else {
        let dash = if row.back { '═' } else { '─' };
        cells[low + 1..high].fill(dash);
        match row.to > row.from {
            true => cells[high - 1] = '▶',
            false => cells[low + 1] = '◀',
        }
    }
    let number = if row.what == What::Deed {
        String::new()
    } else {
        row.number.to_string()
    };
    let _ = write!(text, "{number:>3} {}  ", cells.into_iter().collect::<String>());
    let back = if row.back { " (back channel)" } else { "" };
    let _ = write!(text, "{}{}{back}: {}", row.term, row.count(), row.wire);
    for mark in &row.marks {
        let _ = write!(text, " [{}]", Mark::name(mark));
    }
    let more: Vec<&str> =
        row.more.iter().map(String::as_str).filter(|name| *name != "Cookie").collect();
    if !more.is_empty() {
        let _ = write!(text, " {}", more.join(", "));
    }
    text.push('\n');
}
