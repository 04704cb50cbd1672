//! `cargo lab solution`: what still differs between the workbench and the version.

use std::process::ExitCode;

use clap::Args;
use lab::diff::kind::Kind;
use lab::diff::step::Step;
use lab::diff::terminal;
use lab::diff::terminal::View;
use lab::diff::tree::Tree;
use lab::error::Outcome;
use lab::term;
use lab::versions::Versions;
use lab::workbench::bench;

/// How `cargo lab solution` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab solution                     everything
  cargo lab solution client/start.rs     one file
  cargo lab solution --stat              only which files differ")]
pub struct SolutionArgs {
    /// Only this file
    pub file: Option<String>,
    /// Only the numbers
    #[arg(long)]
    pub stat: bool,
}

/// Shows the diff from the workbench to the version. What is `+` stands in the version and not in the workbench.
///
/// # Errors
/// There is no workbench, or a file cannot be read.
pub fn run(args: &SolutionArgs) -> Outcome {
    let versions = Versions::here()?;
    let bench = bench::open(&versions)?;
    let mut mine = Tree::of_folder(&bench.folder)?;
    mine.label = "workbench".into();
    let theirs = Tree::of_version(bench.goal)?;
    let declaration = bench.goal.declaration()?;
    let lesson = |kind| matches!(kind, Kind::Code | Kind::Templates);
    let mut step = Step::between(&mine, &theirs, &declaration.parts, lesson);
    if let Some(file) = &args.file {
        let wanted = file.replace('\\', "/");
        let wanted = wanted.strip_prefix("workbench/").unwrap_or(&wanted);
        step.files.retain(|file| file.path == wanted);
    }
    let text = if args.stat {
        terminal::render_stat(&step, &declaration.idea)
    } else {
        let view = View {
            all: true,
            width: term::width(),
        };
        terminal::render(&step, &declaration.idea, view)
    };
    term::print(&text);
    Ok(ExitCode::SUCCESS)
}
