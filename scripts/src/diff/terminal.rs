//! A step on the terminal: files in reading order, changed words marked.

use std::fmt::Write;

use crate::diff::counts::Counts;
use crate::diff::step::Fate;
use crate::diff::step::FileDiff;
use crate::diff::step::Step;
use crate::diff::words;
use crate::diff::words::Piece;
use crate::term;

/// How many equal lines stand around a change.
const CONTEXT: usize = 3;

/// The step, file by file.
pub fn render(step: &Step, idea: &str) -> String {
    let mut text = heading(step, idea);
    for (index, file) in step.files.iter().enumerate() {
        let place = format!("{} of {}", index + 1, step.files.len());
        let _ = writeln!(
            text,
            "\n{}  {}  {}",
            term::bold(&file.path),
            numbers(file),
            term::dim(&place)
        );
        for hunk in file.hunks(CONTEXT) {
            let first = hunk[0].old_start.saturating_sub(CONTEXT);
            let new_line = hunk[0].new_start - (hunk[0].old_start - first) + 1;
            let _ = writeln!(text, "{}", term::dim(&format!("  line {new_line}")));
            let mut at = first;
            for change in hunk {
                context(&mut text, &file.old[at..change.old_start]);
                let old = &file.old[change.old_start..change.old_start + change.old_count];
                let new = &file.new[change.new_start..change.new_start + change.new_count];
                changed(&mut text, old, new);
                at = change.old_start + change.old_count;
            }
            context(&mut text, &file.old[at..(at + CONTEXT).min(file.old.len())]);
        }
    }
    text.push('\n');
    text.push_str(&total(step));
    text
}

/// Only the numbers, file by file.
pub fn render_stat(step: &Step, idea: &str) -> String {
    let mut text = heading(step, idea);
    text.push('\n');
    let width = step.files.iter().map(|file| file.path.len()).max().unwrap_or(0);
    for file in &step.files {
        let _ =
            writeln!(text, "  {:width$}  {:<10}  {}", file.path, file.kind.name(), numbers(file));
    }
    text.push_str(&total(step));
    text
}

fn heading(step: &Step, idea: &str) -> String {
    let mut text = format!("{} -> {}\n", term::bold(&step.from), term::bold(&step.to));
    if !idea.is_empty() {
        let _ = writeln!(text, "{}", term::wrap(idea, 100, 0));
    }
    text
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
    let noun = if files == 1 { "file" } else { "files" };
    format!("{files} {noun}, {plus} lines came and {minus} went ({changed} of them changed).\n")
}

fn context(text: &mut String, lines: &[String]) {
    for line in lines {
        let _ = writeln!(text, "    {line}");
    }
}

/// Removed lines, then added ones. A removed line that has a partner is compared with it word by word.
fn changed(text: &mut String, old: &[String], new: &[String]) {
    let pairs: Vec<_> = old.iter().zip(new).map(|(old, new)| words::compare(old, new)).collect();
    for (index, line) in old.iter().enumerate() {
        let pieces = pairs.get(index).and_then(Option::as_ref).map(|(old, _)| old);
        let _ = writeln!(text, "{}", marked(term::RED, '-', line, pieces));
    }
    for (index, line) in new.iter().enumerate() {
        let pieces = pairs.get(index).and_then(Option::as_ref).map(|(_, new)| new);
        let _ = writeln!(text, "{}", marked(term::GREEN, '+', line, pieces));
    }
}

fn marked(colour: &str, sign: char, line: &str, pieces: Option<&Vec<Piece>>) -> String {
    let Some(pieces) = pieces else {
        return term::paint(colour, &format!("  {sign} {line}"));
    };
    let mut text = term::paint(colour, &format!("  {sign} "));
    for piece in pieces {
        // Bold and reversed: to be told apart by people who do not see red and green, too.
        let style = if piece.differs {
            format!("{colour};1;7")
        } else {
            colour.to_string()
        };
        text.push_str(&term::paint(&style, &piece.text));
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

    #[test]
    fn a_step_reads_top_down() {
        let text = plain(&render(&example(), "One idea."));
        let expected = "v02-x -> v03-x\nOne idea.\n\nclient/pkce.rs  +1 -0  new file  1 of 2\n  line 1\n  + fn verifier() {}\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains(
                "  - let url = query(state);\n  + let url = query(state, challenge);\n    end\n"
            ),
            "{text}"
        );
        assert!(
            text.ends_with("2 files, 3 lines came and 1 went (1 of them changed).\n"),
            "{text}"
        );
    }

    #[test]
    fn the_numbers_alone_fit_a_line_each() {
        let text = plain(&render_stat(&example(), ""));
        assert!(text.contains("  client/start.rs  code        +2 -1\n"), "{text}");
    }
}
