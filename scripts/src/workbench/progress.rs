//! The list that turns green: what the checks said, ordered for a person who is building.

use std::fmt::Write;

use crate::term;
use crate::workbench::report::Line;

/// The number of the version whose rule `id` is: 3 for `R3.1`. Standing rules and rows of the error contract
/// have none.
fn version_of(id: &str) -> Option<u32> {
    id.strip_prefix('R')?.split('.').next()?.parse().ok()
}

/// How wide the bar is, in characters.
const BAR: usize = 40;

/// The list for a person who is writing version `goal` (3 for v03), with the bar at its end.
pub fn render(lines: &[Line], goal: u32, full: bool) -> String {
    let mut text = String::new();
    let (new, old): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| version_of(&line.id) == Some(goal));
    let _ = writeln!(text, "{}", term::bold(&format!("What v{goal:02} asks for")));
    for line in &new {
        item(&mut text, line);
    }
    let (held, broken): (Vec<&Line>, Vec<&Line>) = old.into_iter().partition(|line| line.good);
    let good = new.iter().filter(|line| line.good).count();
    let _ = writeln!(
        text,
        "\n{}",
        term::bold("What was asked for before, and the rules that always hold")
    );
    let _ = writeln!(text, "  {} {} rules hold", term::paint(term::GREEN, "ok  "), held.len());
    // Many old rules are tried by way of the new step, and fail as long as that is not there. Told one by one,
    // they would hide what is to be done.
    if good == new.len() || full {
        broken.iter().for_each(|line| item(&mut text, line));
    } else if !broken.is_empty() {
        let open = term::paint(term::YELLOW, "wait");
        let _ = writeln!(
            text,
            "  {open} {} rules need the new step first, most of them (--full lists them)",
            broken.len()
        );
    }
    text.push_str(&bar(good, new.len(), broken.len(), goal));
    // One thing at a time: the first rule that fails is the next thing to do.
    let failed = new.iter().chain(&broken).filter(|line| !line.good);
    for line in failed.take(if full { usize::MAX } else { 1 }) {
        let _ = writeln!(text, "\n{} {} {}", term::bold("Next:"), term::bold(&line.id), line.title);
        // The report begins with the check's own name, which stands above.
        for row in line.report.trim().lines().skip_while(|row| row.ends_with(&line.title)) {
            let _ = writeln!(text, "  {row}");
        }
    }
    text
}

fn item(text: &mut String, line: &Line) {
    let mark = if line.good {
        term::paint(term::GREEN, "ok  ")
    } else {
        term::paint(term::RED, "open")
    };
    let _ = writeln!(text, "  {mark} {:<6} {}", line.id, line.title);
}

fn bar(good: usize, all: usize, broken: usize, goal: u32) -> String {
    let filled = (BAR * good).checked_div(all).unwrap_or(0);
    let done = term::paint(term::GREEN, &"#".repeat(filled));
    let rest = term::dim(&"-".repeat(BAR - filled));
    let mut text = format!("\n[{done}{rest}] {good} of {all}");
    let _ = match (good == all && all > 0, broken) {
        (true, 0) => writeln!(
            text,
            "\n{}",
            term::paint(term::GREEN, &format!("All green: this is v{goal:02}."))
        ),
        (true, broken) => writeln!(text, ", and {broken} of the other rules are open"),
        (false, _) => writeln!(text),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::workbench::report::parse;
    use crate::workbench::report::tests::OUTPUT;

    #[test]
    fn the_list_shows_the_new_rules_the_bar_and_what_to_do_next() {
        let text_of = |output: &str| {
            anstream::adapter::strip_str(&render(&parse(output), 3, false)).to_string()
        };
        let text = text_of(OUTPUT);
        assert!(text.contains("  open R3.1   a missing challenge"), "{text}");
        assert!(text.contains("  ok   1 rules hold"), "{text}");
        assert!(
            text.contains(&format!("[{}{}] 1 of 2\n", "#".repeat(20), "-".repeat(20))),
            "{text}"
        );
        assert!(text.contains("Next: R3.1 a missing challenge is refused"), "{text}");
        let green = OUTPUT.replace("FAILED\n", "ok\n");
        let text = text_of(&green);
        assert!(text.contains("All green: this is v03.") && !text.contains("Next:"), "{text}");
    }
}
