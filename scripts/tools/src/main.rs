//! `lab-tools`: the commands that `cargo lab` hands over.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lab::error::{Error, Outcome};
use lab::{term, usage};
use tools::commands;

/// The larger half of `cargo lab`.
#[derive(Parser)]
#[command(name = "lab", bin_name = "cargo lab", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Watch an attack, message by message
    Attack(commands::attack::AttackArgs),
    /// Draw a real login, or an attack, as a sequence diagram
    Draw(commands::draw::DrawArgs),
    /// Go through a login message by message, in front of people
    Walk(commands::walk::WalkArgs),
    /// Take one guard out of a version, and see what it was for
    Break(commands::breaks::BreakArgs),
    /// Write a step yourself: make a workbench
    Start(commands::start::StartArgs),
    /// Show which rules your workbench obeys, or any server or client
    Check(Box<commands::check::CheckArgs>),
    /// Open the next hint
    Hint(commands::hint::HintArgs),
    /// Show what still differs between your workbench and the version
    Solution(commands::solution::SolutionArgs),
    /// Go on to the next step with your own code
    Next(commands::next::NextArgs),
    /// Start the workbench over, keeping a copy
    Reset(commands::start::ResetArgs),
    /// Measure every step and check the golden rule
    Ladder(commands::ladder::LadderArgs),
    /// Take a fix made in one version on into every later one
    Carry(commands::carry::CarryArgs),
    /// Begin a version: a copy of the newest one, under the next number
    New(commands::new::NewArgs),
    /// Make one archive that builds and runs without network
    Pack(commands::pack::PackArgs),
}

fn main() -> ExitCode {
    dispatch(command_line().command).unwrap_or_else(|error| {
        if !matches!(error, Error::Build) {
            term::note(&format!("{} {error}", term::paint(term::RED, "error:")));
        }
        error.exit_code()
    })
}

/// What was typed. If it does not fit, clap says so, and we add the names that it does not know.
fn command_line() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        let tip = usage::tip(&error, &[]);
        let _ = error.print();
        if let Some(tip) = tip {
            term::note(&tip);
        }
        std::process::exit(error.exit_code())
    })
}

fn dispatch(command: Command) -> Outcome {
    match command {
        Command::Attack(args) => commands::attack::run(&args),
        Command::Draw(args) => commands::draw::run(&args),
        Command::Walk(args) => commands::walk::run(&args),
        Command::Break(args) => commands::breaks::run(&args),
        Command::Start(args) => commands::start::start(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Hint(args) => commands::hint::run(&args),
        Command::Solution(args) => commands::solution::run(&args),
        Command::Next(args) => commands::next::run(&args),
        Command::Reset(args) => commands::start::reset(&args),
        Command::Ladder(args) => commands::ladder::run(&args),
        Command::Carry(args) => commands::carry::run(&args),
        Command::New(args) => commands::new::run(&args),
        Command::Pack(args) => commands::pack::run(&args),
    }
}
