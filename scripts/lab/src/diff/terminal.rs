//! A step on the terminal: part by part in reading order, changed words marked.

use std::fmt::Write;
use std::ops::Range;

use crate::declaration::Part;
use crate::diff::blocks::{Block, Sides};
use crate::diff::counts::Counts;
use crate::diff::step::{Fate, FileDiff, Step};
use crate::diff::words;
use crate::diff::words::Piece;
use crate::term;

/// How many equal lines stand around a change.
const CONTEXT: usize = 3;

/// How a step is shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Whether `use` lines are shown and not folded.
    pub all: bool,
    /// How many columns a line may have.
    pub width: usize,
}

/// The step, part by part.
pub fn render(step: &Step, idea: &str, view: View) -> String {
    let mut text = heading(step, idea);
    let mut number = 0;
    for (part, files) in step.told() {
        part_heading(&mut text, step, part, files);
        for file in files {
            number += 1;
            let place = term::dim(&format!("{number} of {}", step.files.len()));
            let _ = writeln!(text, "\n{}  {}  {place}", term::bold(&file.path), numbers(file));
            if let Some(says) = &file.says {
                let _ = writeln!(text, "{}", term::wrap(says, term::WIDTH, 0));
            }
            for hunk in file.blocks(CONTEXT) {
                show(&mut text, file, &hunk, view);
            }
        }
    }
    text.push('\n');
    text.push_str(&total(step));
    if !view.all && text.contains(FOLDED) {
        text.push_str("`use` lines are folded; --all shows them.\n");
    }
    text
}

/// Only the numbers, file by file.
pub fn render_stat(step: &Step, idea: &str) -> String {
    let mut text = heading(step, idea);
    let width = step.files.iter().map(|file| file.path.len()).max().unwrap_or(0);
    for (part, files) in step.told() {
        part_heading(&mut text, step, part, files);
        text.push('\n');
        for file in files {
            let (path, kind) = (&file.path, file.kind.name());
            let _ = writeln!(text, "  {path:width$}  {kind:<10}  {}", numbers(file));
        }
    }
    text.push('\n');
    text.push_str(&total(step));
    text
}

fn heading(step: &Step, idea: &str) -> String {
    let mut text = format!("{} -> {}\n", term::bold(&step.from), term::bold(&step.to));
    for line in idea.lines() {
        let _ = writeln!(text, "{}", term::wrap(line, term::WIDTH, 0));
    }
    text
}

/// The title and the sentence of a part; for what belongs to none, a word, if there are parts at all.
fn part_heading(text: &mut String, step: &Step, part: Option<(usize, &Part)>, files: &[FileDiff]) {
    let Some((number, part)) = part else {
        if !step.parts.is_empty() {
            let _ = writeln!(text, "\n{}", term::bold("Beside the lesson"));
        }
        return;
    };
    let mut code = Counts::default();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        code += file.counts_apart().0;
    }
    let title = match step.parts.len() {
        1 => part.title.clone(),
        all => format!("Part {number} of {all}: {}", part.title),
    };
    let title = term::paint("1;4", &term::wrap(&title, term::WIDTH, 0));
    let _ = writeln!(text, "\n{title}\n{}", term::wrap(&part.sentence, term::WIDTH, 0));
    let lines = format!("+{} -{} lines of code", code.plus, code.minus);
    let _ = writeln!(text, "{}", term::dim(&lines));
}

/// How a line begins that stands for folded ones.
const FOLDED: &str = "  … ";

fn show(text: &mut String, file: &FileDiff, blocks: &[Block], view: View) {
    if let Some(Block::Same(sides) | Block::Changed(sides)) = blocks.first() {
        let _ = writeln!(text, "{}", term::dim(&format!("  line {}", sides.new.start + 1)));
    }
    for block in blocks {
        match block {
            Block::Same(sides) => {
                for line in &file.new[sides.new.clone()] {
                    text.push_str(&marked("", "    ", &whole(line), view));
                }
            }
            Block::Changed(sides) => changed(text, file, sides, view),
            Block::Uses { inside, .. } if view.all => show(text, file, inside, view),
            Block::Uses { count, .. } => {
                let noun = if *count == 1 { "line" } else { "lines" };
                let _ = writeln!(text, "{}", term::dim(&format!("{FOLDED}{count} use {noun}")));
            }
        }
    }
}

/// `+9 -1`, and whether the file is new or gone.
fn numbers(file: &FileDiff) -> String {
    let Counts { plus, minus, .. } = file.counts();
    let fate = match file.fate {
        Fate::Changed => "",
        Fate::Added => "  new file",
        Fate::Removed => "  removed file",
    };
    let plus = term::paint(term::GREEN, &format!("+{plus}"));
    let minus = term::paint(term::RED, &format!("-{minus}"));
    format!("{plus} {minus}{fate}")
}

fn total(step: &Step) -> String {
    let Counts {
        files,
        plus,
        minus,
        changed,
    } = step.counts(|_| true);
    if files == 0 {
        return "No difference.\n".into();
    }
    let some = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    let (files, plus) = (some(files, "file"), some(plus, "line"));
    format!("{files}, {plus} added and {minus} removed ({changed} of them changed).\n")
}

/// Removed lines, then added ones. A removed line that has a partner is compared with it word by word.
fn changed(text: &mut String, file: &FileDiff, sides: &Sides, view: View) {
    let lines = |lines: &[String], range: &Range<usize>| lines[range.clone()].to_vec();
    let (old, new) = (lines(&file.old, &sides.old), lines(&file.new, &sides.new));
    let pairs: Vec<_> = old.iter().zip(&new).map(|(old, new)| words::compare(old, new)).collect();
    let pair = |index: usize| pairs.get(index).cloned().flatten();
    for (index, line) in old.iter().enumerate() {
        let pieces = pair(index).map_or_else(|| whole(line), |(old, _)| old);
        text.push_str(&marked(term::RED, "  - ", &pieces, view));
    }
    for (index, line) in new.iter().enumerate() {
        let pieces = pair(index).map_or_else(|| whole(line), |(_, new)| new);
        text.push_str(&marked(term::GREEN, "  + ", &pieces, view));
    }
}

/// A line in which nothing is marked.
fn whole(line: &str) -> Vec<Piece> {
    vec![Piece {
        text: line.into(),
        differs: false,
    }]
}

/// A line behind its sign, on as many lines of the terminal as it needs.
fn marked(colour: &str, sign: &str, pieces: &[Piece], view: View) -> String {
    let paint = |style: &str, text: &str| match style {
        "" => text.to_string(),
        style => term::paint(style, text),
    };
    let mut text = String::new();
    for line in words::wrap(pieces, view.width.saturating_sub(sign.len())) {
        text.push_str(&paint(colour, sign));
        for piece in line {
            // Bold and reversed: to be told apart by people who do not see red and green, too.
            let style = match piece.differs {
                true => format!("{colour};1;7"),
                false => colour.to_string(),
            };
            text.push_str(&paint(&style, &piece.text));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::tests::example;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    const VIEW: View = View {
        all: false,
        width: 80,
    };

    #[test]
    fn a_step_reads_top_down_and_does_not_open_on_use_lines() {
        let text = plain(&render(&example(), "One idea.", VIEW));
        let expected = "\
v02-x -> v03-x
One idea.

The secret
It is made before the code.
+1 -0 lines of code

client/pkce.rs  +4 -0  new file  1 of 2
The secret and its hash.
  … 2 use lines
  + 
  + fn verifier() {}

Beside the lesson

client/start.rs";
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains(
                "  - let url = query(state);\n  + let url = query(state, challenge);\n    end\n"
            ),
            "{text}"
        );
        let end = "2 files, 6 lines added and 1 removed (1 of them changed).\n`use` lines are folded; --all shows them.\n";
        assert!(text.ends_with(end), "{text}");
        let all = plain(&render(&example(), "One idea.", View { all: true, ..VIEW }));
        assert!(all.contains("  + use a::B;\n  + use a::C;\n  + \n  + fn"), "{all}");
    }

    #[test]
    fn a_long_line_is_broken_between_words() {
        let narrow = View {
            all: false,
            width: 24,
        };
        let text = plain(&render(&example(), "", narrow));
        assert!(
            text.contains("  + let url =\n  +     query(state,\n  +     challenge);\n"),
            "{text}"
        );
    }

    #[test]
    fn the_numbers_alone_fit_a_line_each() {
        let text = plain(&render_stat(&example(), ""));
        assert!(text.contains("  client/start.rs  code        +2 -1\n"), "{text}");
    }
}
