//! `cargo lab hint`: the hints of the workbench's step, one at a time.

use std::process::ExitCode;

use clap::Args;

use crate::error::Outcome;
use crate::term;
use crate::versions::Versions;
use crate::workbench::bench;
use crate::workbench::hints;

/// How `cargo lab hint` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab hint           open the next one
  cargo lab hint --again   those that are open already")]
pub struct HintArgs {
    /// Show the hints that are open, and open no other
    #[arg(long)]
    pub again: bool,
}

/// Opens the next hint.
///
/// # Errors
/// There is no workbench, or a file cannot be read or written.
pub fn run(args: &HintArgs) -> Outcome {
    let versions = Versions::here()?;
    let mut bench = bench::open(&versions)?;
    let hints = hints::of(bench.goal)?;
    let open = bench.state.hints.min(hints.len());
    let (from, to) = if args.again {
        (0, open)
    } else {
        (open, (open + 1).min(hints.len()))
    };
    for (index, hint) in hints.iter().enumerate().take(to).skip(from) {
        term::line(&format!(
            "{} {}\n\n{}\n",
            term::dim(&format!("Hint {} of {}:", index + 1, hints.len())),
            term::bold(&hint.title),
            hint.text
        ));
    }
    if from == to && args.again {
        term::line("No hint is open yet: cargo lab hint");
    } else if from == to {
        term::line(
            "That was the last hint. `cargo lab solution` shows what still differs from the version itself.",
        );
    } else if to < hints.len() {
        term::line(&term::dim("The next one: cargo lab hint"));
    }
    if to > bench.state.hints {
        bench.state.hints = to;
        bench.state.write(&bench.folder)?;
    }
    Ok(ExitCode::SUCCESS)
}
