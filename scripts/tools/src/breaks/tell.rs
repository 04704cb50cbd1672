//! How a break and its verdicts read on the terminal.

use std::fmt::Write;

use crate::breaks::all::Report;
use crate::breaks::cases::HONEST;
use crate::breaks::declared::Break;
use crate::breaks::judge::{Finding, Listed, Verdict};
use crate::breaks::patch;
use crate::breaks::patch::Patched;
use crate::breaks::trial::Bench;
use lab::diff::unified;
use lab::term;
use lab::versions::{Version, Versions};

/// How wide text is.
const WIDTH: usize = 100;

const OPENING: &str = "A break takes one guard out of a copy of one version. Once it is gone, you see what it was for.\n";

/// The longest message that is shown whole.
const MOST_LINES: usize = 14;

/// A handful to begin with, each with the command to copy, and how to see all.
pub fn first(breaks: &[Break]) -> String {
    let mut text = String::from(OPENING);
    for broken in breaks.iter().filter(|broken| broken.first) {
        let version = format!("v{:02}", broken.until.unwrap_or(broken.since));
        let command = format!("cargo lab break {version} {}", broken.name);
        let _ = writeln!(text, "\n  {}", term::command(&command));
        let guard = format!("without this guard: {}", broken.guard);
        let _ = writeln!(text, "      {}", term::wrap(&guard, WIDTH, 6));
    }
    let _ = writeln!(
        text,
        "\nThere are {} of them. All that v04 has: {}",
        breaks.len(),
        term::command("cargo lab break v04")
    );
    let _ = writeln!(text, "All: {}", term::command("cargo lab break --list"));
    text
}

/// All breaks, grouped by the version that brings the guard.
pub fn list(breaks: &[Break], versions: &Versions) -> String {
    let mut text = format!(
        "{OPENING}A few take out no guard but a promise: something that honest clients and users count on.\n"
    );
    let mut since = 0;
    for broken in breaks {
        if broken.since != since {
            since = broken.since;
            let _ = writeln!(text, "\n{}", term::bold(&format!("Guards since v{since:02}")));
        }
        let promise = if broken.is_promise() {
            ", a promise"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {}  {}",
            term::command(&broken.name),
            term::dim(&format!("{}, {}{promise}", broken.range(versions), broken.section))
        );
        let _ = writeln!(text, "      {}", term::wrap(&broken.guard, WIDTH, 6));
    }
    let example = breaks.first().map_or("NAME", |broken| broken.name.as_str());
    let version = &versions.all[versions.all.len() - 1].name;
    let _ = writeln!(text, "\nType next:\n  cargo lab break {version} {example}");
    text
}

/// What is about to be taken out, and the patch.
pub fn opening(version: &Version, broken: &Break, files: &[Patched]) -> String {
    let mut text = format!(
        "{}\n\n",
        term::bold(&format!("{} without one guard: {}", version.name, broken.name))
    );
    let label = if broken.is_promise() {
        "The promise"
    } else {
        "The guard"
    };
    let _ = writeln!(text, "{label:<12}{}", term::wrap(&broken.guard, WIDTH, 12));
    let _ = writeln!(text, "{:<12}{}\n", "The rule", broken.section);
    text.push_str(&diff(version, broken, files));
    text
}

/// The patch as a unified diff, coloured.
fn diff(version: &Version, broken: &Break, files: &[Patched]) -> String {
    let whole = unified::render(&patch::step(version, broken, files), "");
    // The two lines above the first file name the step; here that has been said.
    let lines = whole.lines().skip_while(|line| !line.starts_with("---")).map(|line| {
        match line.as_bytes().first() {
            _ if line.starts_with("---") || line.starts_with("+++") => term::bold(line),
            Some(b'-') => term::paint(term::RED, line),
            Some(b'+') => term::paint(term::GREEN, line),
            Some(b'@') => term::dim(line),
            _ => line.to_string(),
        }
    });
    lines.map(|line| format!("{line}\n")).collect::<String>() + "\n"
}

/// What fails now, and what to take from it.
pub fn ending(bench: &Bench, version: &Version, broken: &Break, verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    let honest = verdicts.iter().find(|verdict| verdict.name == HONEST);
    let works = honest.is_some_and(|verdict| verdict.finding == Finding::Holds);
    let (mark, words) = match works {
        true => (
            term::paint(term::GREEN, "works   "),
            "A user who clicks through it sees no difference: nobody would notice that the guard is gone.",
        ),
        false => (term::paint(term::RED, "broken  "), "A user who clicks through it gets stuck."),
    };
    let _ = writeln!(text, "{mark}  {HONEST}\n          {}", term::wrap(words, WIDTH, 10));
    // First what an attacker wins by it, then which rules say so.
    let (attacks, mut rules): (Vec<&Verdict>, Vec<&Verdict>) =
        verdicts.iter().partition(|verdict| verdict.name.starts_with("attack "));
    rules.sort_by_key(|verdict| &verdict.name);
    for verdict in attacks.into_iter().chain(rules).filter(|verdict| verdict.name != HONEST) {
        one(&mut text, bench.list.get(&verdict.name), verdict);
    }
    let _ = writeln!(
        text,
        "\n{}\n{}",
        term::bold("What to take from it"),
        term::wrap(&broken.lesson, WIDTH, 0)
    );
    let attacks = verdicts.iter().filter(|verdict| verdict.turned());
    let mut attacks = attacks.filter_map(|verdict| verdict.name.strip_prefix("attack "));
    if let Some(attack) = attacks.next() {
        let watch = term::command(&format!("cargo lab attack {attack} {}", version.name));
        let _ = writeln!(
            text,
            "\nWatch the guard stop that attack, where it is in its place:\n  {watch}"
        );
    }
    let _ = writeln!(
        text,
        "\n{}",
        term::dim("Your files were not touched: the guard was taken out of a copy.")
    );
    text
}

fn one(text: &mut String, listed: Option<&Listed>, verdict: &Verdict) {
    let section = listed.map(|listed| format!("  ({})", listed.section)).unwrap_or_default();
    let mut line = |colour: &str, mark: &str| {
        let mark = term::paint(colour, &format!("{mark:<8}"));
        let _ = writeln!(text, "\n{mark}  {}{}", verdict.name, term::dim(&section));
    };
    match &verdict.finding {
        Finding::Holds => line(term::DIM, "holds"),
        Finding::Unclear { why } => {
            line(term::YELLOW, "?");
            let _ = writeln!(text, "          {why}");
        }
        Finding::Succeeded { evidence } => {
            line(term::RED, "succeeds");
            let _ = writeln!(text, "          {}", term::wrap(evidence, WIDTH, 10));
        }
        Finding::Broken { sent, wanted, got } => {
            line(term::RED, "fails");
            if let Some(listed) = listed {
                paragraph(text, "must", &listed.must);
                paragraph(text, "why", &listed.why);
            }
            paragraph(text, "sent", sent);
            paragraph(text, "wanted", wanted);
            paragraph(text, "got", got);
        }
    }
}

/// A labelled text whose lines keep their breaks.
fn paragraph(text: &mut String, label: &str, body: &str) {
    let lines: Vec<&str> = body.lines().collect();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let label = if index == 0 { label } else { "" };
        let _ = writeln!(
            text,
            "          {}  {}",
            term::dim(&format!("{label:<6}")),
            term::wrap(line, WIDTH, 18)
        );
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        let noun = if more == 1 { "line" } else { "lines" };
        let _ = writeln!(text, "                  … and {more} more {noun}");
    }
}

/// One line of progress for a break that was run among all, and what is wrong with it.
pub fn progress(report: &Report, done: usize, total: usize) -> String {
    let checks = || report.verdicts.iter().filter(|verdict| verdict.name != HONEST);
    let (turned, judged) = (checks().filter(|verdict| verdict.turned()).count(), checks().count());
    let mark = match report.problems.is_empty() {
        true => term::paint(term::GREEN, "ok    "),
        false => term::paint(term::RED, "FAILED"),
    };
    let (build, checks) = (report.took.0.as_secs_f32(), report.took.1.as_secs_f32());
    let mut text = format!(
        "[{done:>3}/{total}] {mark} {} {:<36} turned {turned} of {judged}  {}\n",
        report.trial.version.name,
        report.trial.broken.name,
        term::dim(&format!("build {build:.1} s, checks {checks:.1} s"))
    );
    for problem in &report.problems {
        let _ = writeln!(text, "          {}", problem.replace('\n', "\n          "));
    }
    text
}

/// Everything that turned in a full run, one line each: what the break declares, and what it does not.
pub fn turned(report: &Report) -> String {
    let mut text = String::new();
    for verdict in report.verdicts.iter().filter(|verdict| verdict.turned()) {
        let named = |turn: &String| crate::breaks::coverage::is_named(&verdict.name, turn);
        let mark = if report.trial.broken.turns.iter().any(named) {
            "declared"
        } else {
            "as well "
        };
        let _ = writeln!(text, "          {mark}  {}", verdict.name);
    }
    text
}
