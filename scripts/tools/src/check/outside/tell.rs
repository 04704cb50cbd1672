//! The findings for people: a line for each check, a report for each failure, and what to do next.

use crate::check::findings::{Finding, Findings, Sum};
use checks::{Check, Keyword, Subject};
use kit::Verdict;
use kit::ladder::folder;

/// More lines than this of what was sent or came are not shown.
const MOST_LINES: usize = 24;
/// Sentences are broken at this column.
const WIDTH: usize = 100;

const GREEN: &str = "32";
const RED: &str = "31";
const YELLOW: &str = "33";
const BOLD: &str = "1";
const DIM: &str = "2";

/// `text` in a colour. `anstream` takes it out where nobody would see it.
pub fn paint(colour: &str, text: &str) -> String {
    format!("\x1b[{colour}m{text}\x1b[0m")
}

/// Bold text.
pub fn bold(text: &str) -> String {
    paint(BOLD, text)
}

/// The heading above the checks of one keyword and version.
pub fn heading(check: &Check) -> String {
    let who = match check.subject {
        Subject::Server => "server",
        Subject::Client => "client",
    };
    let place = format!("{}: {}, {who}", check.keyword.name(), folder(check.first()));
    format!("\n{}\n", bold(&place))
}

/// The line of a check, and below it the report if it failed. `full`: the report even if an earlier check had the same.
pub fn finding(finding: &Finding, full: bool) -> String {
    let check = &finding.check;
    let strength = Some(check.keyword.name()).filter(|strength| !check.section.ends_with(strength));
    let origin = [Some(check.section), strength].into_iter().flatten().collect::<Vec<_>>();
    let origin = paint(DIM, &origin.join(", "));
    let line = |mark: &str| format!("  {mark} {:<6} {}  {origin}\n", check.id, check.title);
    match &finding.outcome {
        Ok(()) => line(&paint(GREEN, "ok  ")),
        Err(Verdict::Skipped { needs }) => {
            format!("{}{}", line(&paint(YELLOW, "skip")), said("needs", needs))
        }
        Err(Verdict::Failed { sent, wanted, got }) => {
            let mut text = line(&paint(RED, "FAIL"));
            match finding.like {
                Some(id) if !full => text += &said("as", &format!("{id} above: wanted {wanted}")),
                _ => {
                    text += &said("must", check.must);
                    text += &said("why", check.why);
                    text += &shown("sent", sent);
                    text += &shown("wanted", wanted);
                    text += &shown("got", got);
                    text += &said("read", &check.chapter());
                    text.push('\n');
                }
            }
            text
        }
    }
}

/// A sentence with a label in front, broken at spaces.
fn said(label: &str, sentence: &str) -> String {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > WIDTH {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    labelled(label, &lines)
}

/// Messages with a label in front, line by line, the middle left out if there are many.
fn shown(label: &str, message: &str) -> String {
    let mut lines: Vec<String> = message.lines().map(visible).collect();
    if lines.len() > MOST_LINES {
        let cut = lines.len() - MOST_LINES;
        lines.splice(4..4 + cut, [format!("… {cut} lines left out …")]);
    }
    labelled(label, &lines)
}

/// Bytes that would act on the terminal instead of being seen.
fn visible(line: &str) -> String {
    let show = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    line.chars().map(show).collect()
}

fn labelled(label: &str, lines: &[String]) -> String {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        if label.is_empty() && line.is_empty() {
            text.push('\n');
            continue;
        }
        text += &format!(
            "{}\n",
            format!("       {} {line}", paint(DIM, &format!("{label:<6}"))).trim_end()
        );
    }
    text
}

/// The last words: how many held, what the skipped ones need, what to do next. `level`: how far down it was asked to judge;
/// `whole`: all checks had their turn.
pub fn summary(findings: &Findings, level: Option<Keyword>, seconds: f32, whole: bool) -> String {
    let failed = findings.failed();
    let mut text = String::from("\n");
    for keyword in Keyword::ALL {
        let sum = findings.sum(keyword);
        if sum != Sum::default() {
            let counts = counts(sum.held, sum.failed, sum.skipped);
            text += &format!("{:<10}{counts}\n", keyword.name());
        }
    }
    let counts = counts(findings.held(), failed.len(), findings.skipped().len());
    text += &format!("{counts} of {} checks, in {seconds:.1} s\n", findings.all.len());
    if level.is_none() && findings.sum(Keyword::LabRule).failed > 0 {
        text += "Lab rules go beyond the RFCs: here they are advice. With --level lab they count too.\n";
    }
    let needs = findings.needs();
    if !needs.is_empty() {
        text += "\nSkipped, because they need\n";
    }
    for (need, count) in needs {
        text += &format!("  {count:>3}  {need}\n");
    }
    let counts_down_to = level.unwrap_or(Keyword::Should);
    let counted: Vec<&Finding> =
        failed.iter().copied().filter(|failed| failed.check.keyword <= counts_down_to).collect();
    if whole && counted.is_empty() && !failed.is_empty() {
        text += "\nEvery MUST and SHOULD that could be judged holds.\n";
    } else if whole || !counted.is_empty() {
        text += &next(&counted, findings.held());
    }
    text
}

fn counts(held: usize, failed: usize, skipped: usize) -> String {
    let red = if failed == 0 { DIM } else { RED };
    [
        paint(GREEN, &format!("{held} hold")),
        paint(red, &format!("{failed} fail")),
        paint(YELLOW, &format!("{skipped} skipped")),
    ]
    .join(", ")
}

fn next(failed: &[&Finding], held: usize) -> String {
    let Some(first) = failed.first() else {
        let words = if held == 0 {
            "Nothing could be judged."
        } else {
            "Every rule that could be judged holds."
        };
        return format!("\n{words}\n");
    };
    let alone = failed.iter().filter(|finding| finding.like.is_none()).count();
    let causes = match alone {
        _ if alone == failed.len() => String::new(),
        1 => format!("All {} failures have one cause. ", failed.len()),
        _ => format!("The {} failures have {alone} different causes. ", failed.len()),
    };
    format!("\n{causes}Start with {}: {}\n", bold(first.check.id), first.check.chapter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_long_messages_cut() {
        assert_eq!(visible("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        let many = "line\n".repeat(100);
        let text = shown("got", &many);
        assert_eq!(text.lines().count(), MOST_LINES + 1);
        assert!(text.contains("… 76 lines left out …"), "{text}");
    }

    #[test]
    fn a_long_sentence_is_broken_and_stays_whole() {
        let sentence = "word ".repeat(60);
        let text = anstream::adapter::strip_str(&said("must", &sentence)).to_string();
        assert!(text.lines().all(|line| line.len() <= WIDTH + 14), "{text}");
        assert_eq!(text.matches("word").count(), 60);
    }
}
