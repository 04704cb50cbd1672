//! A step as one HTML file, old and new side by side, to be projected or mailed.

use std::fmt::Write;

use crate::diff::counts::Counts;
use crate::diff::lines::Change;
use crate::diff::step::Fate;
use crate::diff::step::FileDiff;
use crate::diff::step::Step;
use crate::diff::words;
use crate::diff::words::Piece;

/// How many equal lines stand around a change.
const CONTEXT: usize = 4;

/// The page. It loads nothing from anywhere.
pub fn render(step: &Step, idea: &str) -> String {
    let (from, to) = (escape(&step.from), escape(&step.to));
    let Counts {
        files, plus, minus, ..
    } = step.counts(|_| true);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{from} → {to}</title>\n<style>\n{STYLE}</style>\n\
         <header>\n<h1>{from} <span>→</span> {to}</h1>\n<p class=\"idea\">{idea}</p>\n\
         <p class=\"sum\">{files} files, <ins>+{plus}</ins> <del>−{minus}</del>. Read from top to bottom.</p>\n",
        idea = with_code(idea),
    );
    page.push_str("<nav><ol>\n");
    for (index, file) in step.files.iter().enumerate() {
        let Counts { plus, minus, .. } = file.counts();
        let path = escape(&file.path);
        let _ = writeln!(
            page,
            "<li><a href=\"#f{index}\">{path}</a> <ins>+{plus}</ins> <del>−{minus}</del></li>"
        );
    }
    page.push_str("</ol></nav>\n</header>\n<main>\n");
    for (index, file) in step.files.iter().enumerate() {
        section(&mut page, index, file, &from, &to);
    }
    page.push_str("</main>\n</html>\n");
    page
}

fn section(page: &mut String, index: usize, file: &FileDiff, from: &str, to: &str) {
    let fate = match file.fate {
        Fate::Changed => "",
        Fate::Added => " <small>new file</small>",
        Fate::Removed => " <small>removed file</small>",
    };
    let _ = writeln!(page, "<section id=\"f{index}\">\n<h2>{}{fate}</h2>", escape(&file.path));
    if file.fate == Fate::Changed {
        page.push_str("<div class=\"scroll\"><table class=\"two\">\n<colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup>\n");
        let _ = writeln!(
            page,
            "<thead><tr><th colspan=\"2\">{from}</th><th colspan=\"2\">{to}</th></tr></thead>"
        );
        side_by_side(page, file);
    } else {
        // One side is empty: the other gets the whole width.
        page.push_str(
            "<div class=\"scroll\"><table>\n<colgroup><col class=\"n\"><col></colgroup>\n",
        );
        let (lines, class) = if file.fate == Fate::Added {
            (&file.new, "add")
        } else {
            (&file.old, "rem")
        };
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(page, "<tr>{}</tr>", cell(class, Some(number), line, None));
        }
    }
    page.push_str("</table></div>\n</section>\n");
}

fn side_by_side(page: &mut String, file: &FileDiff) {
    let hunks = file.hunks(CONTEXT);
    for (index, hunk) in hunks.iter().enumerate() {
        if index > 0 {
            page.push_str("<tr class=\"gap\"><td colspan=\"4\">⋯</td></tr>\n");
        }
        let first = hunk[0];
        let before = first.old_start.min(CONTEXT);
        let (mut old, mut new) = (first.old_start - before, first.new_start - before);
        for change in *hunk {
            same(page, file, old, new, change.old_start - old);
            rows(page, file, change);
            old = change.old_start + change.old_count;
            new = change.new_start + change.new_count;
        }
        same(page, file, old, new, (file.old.len() - old).min(CONTEXT));
    }
}

/// Equal lines on both sides.
fn same(page: &mut String, file: &FileDiff, old: usize, new: usize, count: usize) {
    for index in 0..count {
        let left = cell("", Some(old + index), &file.old[old + index], None);
        let right = cell("", Some(new + index), &file.new[new + index], None);
        let _ = writeln!(page, "<tr>{left}{right}</tr>");
    }
}

/// A change: what went on the left, what came on the right, each line beside its partner.
fn rows(page: &mut String, file: &FileDiff, change: &Change) {
    for index in 0..change.old_count.max(change.new_count) {
        let old = (index < change.old_count).then(|| change.old_start + index);
        let new = (index < change.new_count).then(|| change.new_start + index);
        let pieces = match (old, new) {
            (Some(old), Some(new)) => words::compare(&file.old[old], &file.new[new]),
            _ => None,
        };
        let (left, right) = pieces.map_or((None, None), |(left, right)| (Some(left), Some(right)));
        let left = match old {
            Some(number) => cell("rem", Some(number), &file.old[number], left.as_deref()),
            None => cell("none", None, "", None),
        };
        let right = match new {
            Some(number) => cell("add", Some(number), &file.new[number], right.as_deref()),
            None => cell("none", None, "", None),
        };
        let _ = writeln!(page, "<tr>{left}{right}</tr>");
    }
}

/// A line and its number (from 0; shown from 1).
fn cell(class: &str, number: Option<usize>, line: &str, pieces: Option<&[Piece]>) -> String {
    let number = number.map(|number| (number + 1).to_string()).unwrap_or_default();
    let content = match pieces {
        None => escape(line),
        Some(pieces) => pieces.iter().map(mark).collect(),
    };
    format!("<td class=\"n {class}\">{number}</td><td class=\"c {class}\">{content}</td>")
}

fn mark(piece: &Piece) -> String {
    let text = escape(&piece.text);
    if piece.differs {
        format!("<mark>{text}</mark>")
    } else {
        text
    }
}

/// A sentence with its `code` marked as in Markdown.
fn with_code(text: &str) -> String {
    let escaped = escape(text);
    let parts: Vec<&str> = escaped.split('`').collect();
    // A backtick without a partner stays what it is.
    if parts.len().is_multiple_of(2) {
        return escaped;
    }
    let mark = |(index, part): (usize, &&str)| match index % 2 {
        1 => format!("<code>{part}</code>"),
        _ => (*part).to_string(),
    };
    parts.iter().enumerate().map(mark).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Large type and a light ground, for projectors; colours that differ in lightness, too.
const STYLE: &str = include_str!("diff.css");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::tests::example;

    #[test]
    fn the_page_is_whole_and_escaped() {
        let page = render(&example(), "One <idea> & \"more\".");
        assert!(page.contains("One &lt;idea&gt; &amp; &quot;more&quot;."));
        assert!(page.contains("<mark>, challenge</mark>"), "{page}");
        assert_eq!(with_code("a `b<` c"), "a <code>b&lt;</code> c");
        assert_eq!(with_code("it`s"), "it`s");
        assert!(page.contains("<small>new file</small>"));
        for outside in [
            "http://", "https://", "<script", "@import", "url(",
        ] {
            assert!(!page.contains(outside), "the page loads nothing: {outside}");
        }
        assert_eq!(page.matches("<tr").count(), page.matches("</tr>").count());
    }
}
