//! `cargo lab`: one command for everything a person needs on the ladder.

use std::process::ExitCode;

use clap::CommandFactory;
use clap::Parser;
use clap::Subcommand;
use lab::commands;
use lab::error::Error;
use lab::error::Outcome;
use lab::term;
use lab::usage;

/// Everything a person needs on the ladder. Without a command: the list of the versions.
#[derive(Parser)]
#[command(name = "lab", bin_name = "cargo lab", disable_version_flag = true)]
#[command(after_help = "Example:\n  cargo lab run v01")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Build a version, start its server and client, say where to click
    Run(commands::run::RunArgs),
    /// Show the one idea between two versions
    Diff(commands::diff::DiffArgs),
    /// Watch an attack, message by message
    Attack(commands::attack::AttackArgs),
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
    /// Look for the usual troubles: ports, settings, toolchain, disk
    Doctor(commands::doctor::DoctorArgs),
    /// Measure every step and check the golden rule
    Ladder(commands::ladder::LadderArgs),
    /// Take a fix made in one version on into every later one
    Carry(commands::carry::CarryArgs),
    /// Make one archive that builds and runs without network
    Pack(commands::pack::PackArgs),
}

fn main() -> ExitCode {
    let outcome = dispatch(command_line().command);
    outcome.unwrap_or_else(|error| {
        if !matches!(error, Error::Build) {
            term::note(&format!("{} {error}", term::paint(term::RED, "error:")));
        }
        error.exit_code()
    })
}

/// What was typed. If it does not fit, clap says so, and we add the names that it does not know.
fn command_line() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        let cli = Cli::command();
        let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        let tip = usage::tip(&error, &commands);
        let _ = error.print();
        if let Some(tip) = tip {
            term::note(&tip);
        }
        std::process::exit(error.exit_code())
    })
}

fn dispatch(command: Option<Command>) -> Outcome {
    match command {
        None => commands::list::list(),
        Some(Command::Run(args)) => commands::run::run(&args),
        Some(Command::Diff(args)) => commands::diff::run(&args),
        Some(Command::Attack(args)) => commands::attack::run(&args),
        Some(Command::Break(args)) => commands::breaks::run(&args),
        Some(Command::Start(args)) => commands::start::start(&args),
        Some(Command::Check(args)) => commands::check::run(&args),
        Some(Command::Hint(args)) => commands::hint::run(&args),
        Some(Command::Solution(args)) => commands::solution::run(&args),
        Some(Command::Next(args)) => commands::next::run(&args),
        Some(Command::Reset(args)) => commands::start::reset(&args),
        Some(Command::Doctor(args)) => commands::doctor::run(&args),
        Some(Command::Ladder(args)) => commands::ladder::run(&args),
        Some(Command::Carry(args)) => commands::carry::run(&args),
        Some(Command::Pack(args)) => commands::pack::run(&args),
    }
}
