//! The list that turns green: what the checks said, ordered for a person who is building.

use std::fmt::Write;

use checks::Keyword;
use kit::Verdict;
use lab::term;

use crate::check::findings::{Finding, Findings, Sum};

/// How wide the bar is, in characters.
const BAR: usize = 40;

/// The list for a person who is writing version `goal` (3 for v03), with the bar at its end.
pub fn render(findings: &Findings, goal: u8, full: bool, whole: bool) -> String {
    let mut text = String::new();
    let is_new = |finding: &&Finding| belongs_to(finding, goal);
    let (new, old): (Vec<&Finding>, Vec<&Finding>) = findings.all.iter().partition(is_new);
    let _ = writeln!(text, "{}", term::bold(&format!("What v{goal:02} asks for")));
    new.iter().for_each(|finding| item(&mut text, finding));
    let (held, broken): (Vec<&Finding>, Vec<&Finding>) =
        old.into_iter().partition(|finding| finding.outcome.is_ok());
    let good = new.iter().filter(|finding| finding.outcome.is_ok()).count();
    if whole || !held.is_empty() || !broken.is_empty() {
        let before = "What was asked for before, and the rules that always hold";
        let _ = writeln!(text, "\n{}", term::bold(before));
        let ok = term::paint(term::GREEN, "ok  ");
        let _ = writeln!(text, "  {ok} {} rules hold", held.len());
    }
    // Many old rules are tried by way of the new step, and fail as long as that is not there. Told one by one,
    // they would hide what is to be done.
    if good == new.len() || full {
        broken.iter().for_each(|finding| item(&mut text, finding));
    } else if !broken.is_empty() {
        let open = term::paint(term::YELLOW, "wait");
        let _ = writeln!(
            text,
            "  {open} {} rules need the new step first, most of them (--full lists them)",
            broken.len()
        );
    }
    text.push_str(&sums(findings));
    text.push_str(&bar(good, new.len(), broken.len(), whole.then_some(goal)));
    // One thing at a time: the first rule that fails is the next thing to do.
    let failed = new.iter().chain(&broken).filter(|finding| finding.outcome.is_err());
    for finding in failed.take(if full { usize::MAX } else { 1 }) {
        next(&mut text, finding, goal);
    }
    text
}

/// The rule that a person who is writing version `goal` takes up next: `R3.1`.
pub fn first_open(findings: &Findings, goal: u8) -> Option<&'static str> {
    let open = || findings.all.iter().filter(|finding| finding.outcome.is_err());
    let new = open().find(|finding| belongs_to(finding, goal));
    new.or_else(|| open().next()).map(|finding| finding.check.id)
}

/// Is it one of the requirements of that version? R3.1 is one of v03's.
fn belongs_to(finding: &Finding, goal: u8) -> bool {
    finding.check.id.strip_prefix(&format!("R{goal}.")).is_some()
}

fn item(text: &mut String, finding: &Finding) {
    let mark = match finding.outcome {
        Ok(()) => term::paint(term::GREEN, "ok  "),
        Err(_) => term::paint(term::RED, "open"),
    };
    let check = &finding.check;
    let strength = term::dim(check.keyword.name());
    let like = finding.like.filter(|id| *id != check.id);
    let like = like.map(|id| term::dim(&format!(", as {id} above"))).unwrap_or_default();
    let _ = writeln!(text, "  {mark} {:<6} {}  {strength}{like}", check.id, check.title);
}

/// How MUST, SHOULD and lab rules came out, and for how many reasons the open ones are open.
fn sums(findings: &Findings) -> String {
    let mut text = String::from("\n");
    for keyword in Keyword::ALL {
        let sum = findings.sum(keyword);
        if sum != Sum::default() {
            let all = sum.held + sum.failed + sum.skipped;
            let _ = writeln!(text, "  {:<10}{} of {all} hold", keyword.name(), sum.held);
        }
    }
    let failed = findings.failed();
    let reasons = failed.iter().filter(|finding| finding.like.is_none()).count();
    let open = failed.len();
    let _ = match (open, reasons) {
        (0 | 1, _) => Ok(()),
        (_, 1) => writeln!(text, "  {open} are open, all of them for one reason"),
        (open, reasons) if reasons < open => {
            writeln!(text, "  {open} are open, for {reasons} different reasons")
        }
        _ => writeln!(text, "  {open} are open, each for a reason of its own"),
    };
    text
}

/// What to do next, and why.
fn next(text: &mut String, finding: &Finding, goal: u8) {
    let check = &finding.check;
    let _ = writeln!(text, "\n{} {} {}", term::bold("Next:"), term::bold(check.id), check.title);
    let mut told = |label: &str, words: &str| {
        for (number, line) in words.lines().enumerate() {
            let label = if number == 0 { label } else { "" };
            let _ = writeln!(text, "  {} {line}", term::dim(&format!("{label:<6}")));
        }
    };
    told("must", &term::wrap(check.must, term::WIDTH - 9, 0));
    told("why", &term::wrap(check.why, term::WIDTH - 9, 0));
    match &finding.outcome {
        Err(Verdict::Failed { sent, wanted, got }) => {
            told("sent", sent);
            told("wanted", wanted);
            told("got", got);
        }
        Err(Verdict::Skipped { needs }) => told("needs", needs),
        Ok(()) => {}
    }
    told("read", &format!("{}, {}", check.section, check.chapter()));
    // Hints speak of the step, and not of what held before it.
    let hint = match belongs_to(finding, goal) {
        true => format!("cargo lab hint {}", check.id),
        false => "No hint speaks of it. If it held before, look at what you changed last.".into(),
    };
    told("hint", &hint);
}

/// How far it is. `goal` is none where only some of the rules were tried.
fn bar(good: usize, all: usize, broken: usize, goal: Option<u8>) -> String {
    let filled = (BAR * good).checked_div(all).unwrap_or(0);
    let done = term::paint(term::GREEN, &"#".repeat(filled));
    let rest = term::dim(&"-".repeat(BAR - filled));
    let mut text = format!("\n[{done}{rest}] {good} of {all}");
    let _ = match (good == all && (all > 0 || goal.is_none()), broken, goal) {
        (true, 0, None) => writeln!(text, "\nThese hold. All rules: cargo lab check"),
        (true, 0, Some(goal)) => writeln!(
            text,
            "\n{}\nNow attack it: cargo lab attack NAME workbench (cargo lab attack lists the names).\nThen compare: cargo lab solution",
            term::paint(term::GREEN, &format!("All green: this is v{goal:02}."))
        ),
        (true, broken, _) => writeln!(text, ", and {broken} of the other rules are open"),
        (false, ..) => writeln!(text),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use checks::all_checks;

    fn list(open: &[&str], whole: bool) -> String {
        let mut findings = Findings::default();
        for check in all_checks().into_iter().filter(|check| ["R1.2", "R3.1"].contains(&check.id)) {
            let failed = Verdict::failed("GET http://h/authorize", "a page", "303");
            let outcome = if open.contains(&check.id) {
                Err(failed)
            } else {
                Ok(())
            };
            findings.add(check, outcome);
        }
        anstream::adapter::strip_str(&render(&findings, 3, false, whole)).to_string()
    }

    #[test]
    fn the_list_shows_the_new_rules_the_bar_and_what_to_do_next() {
        let text = list(&["R3.1"], true);
        assert!(text.contains("  open R3.1   ") && text.contains("Next: R3.1 "), "{text}");
        assert!(text.contains("] 0 of ") && text.contains("cargo lab hint R3.1"), "{text}");
        let old = list(&["R1.2"], true);
        assert!(old.contains("No hint speaks of it.") && !old.contains("cargo lab hint"), "{old}");
        let text = list(&["R3.1", "R1.2"], true);
        assert!(text.contains("are open, all of them for one reason"), "{text}");
        let some = list(&[], false);
        assert!(some.contains("These hold. All rules: cargo lab check"), "{some}");
        assert!(!some.contains("All green"), "{some}");
        let text = list(&[], true);
        assert!(text.contains("All green: this is v03.") && !text.contains("Next:"), "{text}");
    }
}
