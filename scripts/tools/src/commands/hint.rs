//! `cargo lab hint`: the hints of the workbench's step, one at a time, and first those for the rule that is open.

use std::collections::BTreeSet;
use std::process::ExitCode;

use crate::workbench::hints;
use crate::workbench::hints::Hint;
use clap::Args;
use lab::term;
use lab::versions::Versions;
use lab::workbench::bench;
use lab::workbench::state::State;

use lab::error::{Error, Outcome};

/// How `cargo lab hint` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab hint           the next one, for the rule that `cargo lab check` found open
  cargo lab hint R3.1      the next one for this rule
  cargo lab hint --again   those that are open already")]
pub struct HintArgs {
    /// The rule that you want a hint for
    pub rule: Option<String>,
    /// Show the hints that are open, and open no other
    #[arg(long, conflicts_with = "rule")]
    pub again: bool,
}

/// Opens the next hint.
///
/// # Errors
/// There is no workbench, no hint speaks of the rule, or a file cannot be read or written.
pub fn run(args: &HintArgs) -> Outcome {
    let versions = Versions::here()?;
    let mut bench = bench::open(&versions)?;
    let hints = hints::of(bench.goal)?;
    if args.again {
        bench.state.hints.iter().filter(|index| **index < hints.len()).for_each(|index| {
            show(&hints, *index);
        });
        if bench.state.hints.is_empty() {
            term::line("No hint is open yet: cargo lab hint");
        }
        return Ok(ExitCode::SUCCESS);
    }
    match next(&hints, &bench.state, args.rule.as_deref())? {
        Some(index) => {
            show(&hints, index);
            bench.state.hints.insert(index);
            bench.state.write(&bench.folder)?;
            if bench.state.hints.len() < hints.len() {
                term::line(&term::dim("The next one: cargo lab hint"));
            }
        }
        None => term::line(
            "That was the last hint. `cargo lab solution` shows what still differs from the version itself.",
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(hints: &[Hint], index: usize) {
    let hint = &hints[index];
    let rules = match hint.rules.as_slice() {
        [] => String::new(),
        rules => format!(", for {}", rules.join(", ")),
    };
    let place = term::dim(&format!("Hint {} of {}{rules}:", index + 1, hints.len()));
    term::line(&format!("{place} {}\n\n{}\n", term::bold(&hint.title), hint.text));
}

/// The hint to open: one for the rule that was named, or for the one that is open, or the next that nobody has seen.
fn next(hints: &[Hint], state: &State, named: Option<&str>) -> Result<Option<usize>, Error> {
    let unseen = |index: &usize| !state.hints.contains(index);
    let about = |rule: &str| -> Vec<usize> {
        (0..hints.len()).filter(|index| hints[*index].is_about(rule)).collect()
    };
    if let Some(rule) = named {
        let found = about(rule);
        if found.is_empty() {
            let known: BTreeSet<&str> =
                hints.iter().flat_map(|hint| &hint.rules).map(String::as_str).collect();
            let known: Vec<&str> = known.into_iter().collect();
            return Err(Error::request(format!(
                "No hint of {} speaks of {rule}. They speak of {}.",
                state.goal,
                known.join(", ")
            )));
        }
        // All of them were seen: then the first one again.
        return Ok(found.iter().copied().find(unseen).or(found.first().copied()));
    }
    let open = state.open.as_deref().and_then(|rule| about(rule).into_iter().find(unseen));
    Ok(open.or_else(|| (0..hints.len()).find(unseen)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(rules: &[&str]) -> Hint {
        Hint {
            rules: rules.iter().map(|rule| (*rule).to_string()).collect(),
            ..Hint::default()
        }
    }

    #[test]
    fn the_open_rule_comes_first_and_then_what_nobody_has_seen() {
        let hints = [
            hint(&["R2.1"]),
            hint(&["R2.4", "R2.5"]),
            hint(&["R2.5"]),
            hint(&[]),
        ];
        let mut state = State {
            open: Some("R2.5".into()),
            ..State::default()
        };
        let mut opened = Vec::new();
        while let Some(index) = next(&hints, &state, None).expect("a hint") {
            state.hints.insert(index);
            opened.push(index);
        }
        assert_eq!(opened, [1, 2, 0, 3]);
        assert_eq!(next(&hints, &state, Some("r2.1")).expect("again"), Some(0));
        assert!(next(&hints, &state, Some("R9.9")).is_err());
    }
}
