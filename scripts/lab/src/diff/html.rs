//! A step as one HTML file, old and new side by side, to be projected or mailed.

use std::fmt::Write;

use crate::declaration::Part;
use crate::diff::blocks::{Block, Sides};
use crate::diff::counts::Counts;
use crate::diff::step::{Fate, FileDiff, Step};
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
    index(&mut page, step);
    page.push_str("</header>\n<main>\n");
    for (part, files) in step.told() {
        if let Some((number, part)) = part {
            let title = with_code(&title(step, number, part));
            let sentence = with_code(&part.sentence);
            let _ = writeln!(
                page,
                "<h2 id=\"p{number}\">{title}</h2>\n<p class=\"says\">{sentence}</p>"
            );
        } else if !step.parts.is_empty() {
            page.push_str("<h2 id=\"beside\">Beside the lesson</h2>\n");
        }
        for file in files {
            section(&mut page, file, &from, &to);
        }
    }
    page.push_str("</main>\n</html>\n");
    page
}

/// The parts with their files, as links.
fn index(page: &mut String, step: &Step) {
    page.push_str("<nav>\n");
    for (part, files) in step.told() {
        if let Some((number, part)) = part {
            let title = with_code(&title(step, number, part));
            let _ = writeln!(page, "<p><a href=\"#p{number}\">{title}</a></p>");
        } else if !step.parts.is_empty() {
            page.push_str("<p><a href=\"#beside\">Beside the lesson</a></p>\n");
        }
        page.push_str("<ul>\n");
        for file in files {
            let Counts { plus, minus, .. } = file.counts();
            let path = escape(&file.path);
            let _ = writeln!(
                page,
                "<li><a href=\"#{path}\">{path}</a> <ins>+{plus}</ins> <del>−{minus}</del></li>"
            );
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</nav>\n");
}

fn title(step: &Step, number: usize, part: &Part) -> String {
    match step.parts.len() {
        1 => part.title.clone(),
        _ => format!("{number}. {}", part.title),
    }
}

fn section(page: &mut String, file: &FileDiff, from: &str, to: &str) {
    let fate = match file.fate {
        Fate::Changed => "",
        Fate::Added => " <small>new file</small>",
        Fate::Removed => " <small>removed file</small>",
    };
    let path = escape(&file.path);
    let _ = writeln!(page, "<section id=\"{path}\">\n<h3>{path}{fate}</h3>");
    if let Some(says) = &file.says {
        let _ = writeln!(page, "<p class=\"says\">{}</p>", with_code(says));
    }
    let table = Table::of(file);
    page.push_str("<div class=\"scroll\">\n");
    table.open(page);
    if table == Table::Both {
        let _ = writeln!(
            page,
            "<thead><tr><th colspan=\"2\">{from}</th><th colspan=\"2\">{to}</th></tr></thead>"
        );
    }
    for (index, hunk) in file.blocks(CONTEXT).iter().enumerate() {
        if index > 0 {
            page.push_str("<tr class=\"gap\"><td colspan=\"4\">⋯</td></tr>\n");
        }
        show(page, file, hunk, table);
    }
    page.push_str("</table>\n</div>\n</section>\n");
}

/// Which sides a file's table has: where one is empty, the other gets the whole width.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Both,
    Old,
    New,
}

impl Table {
    fn of(file: &FileDiff) -> Table {
        match file.fate {
            Fate::Changed => Table::Both,
            Fate::Added => Table::New,
            Fate::Removed => Table::Old,
        }
    }

    fn open(self, page: &mut String) {
        page.push_str(match self {
            Table::Both => {
                "<table class=\"two\">\n<colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup>\n"
            }
            _ => "<table>\n<colgroup><col class=\"n\"><col></colgroup>\n",
        });
    }
}

fn show(page: &mut String, file: &FileDiff, blocks: &[Block], table: Table) {
    for block in blocks {
        match block {
            Block::Same(sides) | Block::Changed(sides) => rows(page, file, sides, block, table),
            Block::Uses { count, inside } => {
                let noun = if *count == 1 { "line" } else { "lines" };
                let _ = writeln!(
                    page,
                    "</table>\n<details><summary>… {count} <code>use</code> {noun}</summary>"
                );
                table.open(page);
                show(page, file, inside, table);
                page.push_str("</table>\n</details>\n");
                table.open(page);
            }
        }
    }
}

/// The lines of a block, each old one beside its new one.
fn rows(page: &mut String, file: &FileDiff, sides: &Sides, block: &Block, table: Table) {
    let differs = matches!(block, Block::Changed(_));
    for index in 0..sides.old.len().max(sides.new.len()) {
        let old = sides.old.clone().nth(index);
        let new = sides.new.clone().nth(index);
        let pieces = match (old, new) {
            (Some(old), Some(new)) if differs => words::compare(&file.old[old], &file.new[new]),
            _ => None,
        };
        let (left, right) = pieces.map_or((None, None), |(left, right)| (Some(left), Some(right)));
        let side = |number: Option<usize>, lines: &[String], class, pieces: Option<Vec<Piece>>| {
            let class = if differs { class } else { "" };
            match number {
                Some(number) => cell(class, Some(number), &lines[number], pieces.as_deref()),
                None => cell("none", None, "", None),
            }
        };
        let left = side(old, &file.old, "rem", left);
        let right = side(new, &file.new, "add", right);
        let _ = match table {
            Table::Both => writeln!(page, "<tr>{left}{right}</tr>"),
            Table::Old => writeln!(page, "<tr>{left}</tr>"),
            Table::New => writeln!(page, "<tr>{right}</tr>"),
        };
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
        for tag in ["tr", "table", "details", "section"] {
            let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
            assert_eq!(page.matches(&open).count(), page.matches(&close).count(), "{tag}");
        }
    }

    #[test]
    fn the_page_opens_on_the_parts_and_folds_use_lines() {
        let page = render(&example(), "One idea.");
        let wanted = [
            "<a href=\"#p1\">The secret</a>",
            "<a href=\"#client/pkce.rs\">client/pkce.rs</a>",
            "<a href=\"#beside\">Beside the lesson</a>",
            "<h2 id=\"p1\">The secret</h2>\n<p class=\"says\">It is made before the code.</p>",
            "<section id=\"client/pkce.rs\">",
            "<p class=\"says\">The secret and its hash.</p>",
            "<summary>… 2 <code>use</code> lines</summary>",
            "fn verifier() {}",
        ];
        let mut rest = page.as_str();
        for text in wanted {
            let found = rest.split_once(text);
            rest = found.unwrap_or_else(|| panic!("`{text}` is not there, or too early: {page}")).1;
        }
    }
}
