//! `cargo lab`: one command for everything a person needs on the ladder.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use lab::error::{Error, Outcome};
use lab::{commands, term, tools, usage};

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
    #[command(disable_help_flag = true)]
    Attack(Rest),
    /// Draw a real login, or an attack, as a sequence diagram
    #[command(disable_help_flag = true)]
    Draw(Rest),
    /// Go through a login message by message, in front of people
    #[command(disable_help_flag = true)]
    Walk(Rest),
    /// Take one guard out of a version, and see what it was for
    #[command(disable_help_flag = true)]
    Break(Rest),
    /// Write a step yourself: make a workbench
    #[command(disable_help_flag = true)]
    Start(Rest),
    /// Show which rules your workbench obeys, or any server or client
    #[command(disable_help_flag = true)]
    Check(Rest),
    /// Open the next hint
    #[command(disable_help_flag = true)]
    Hint(Rest),
    /// Show what still differs between your workbench and the version
    #[command(disable_help_flag = true)]
    Solution(Rest),
    /// Go on to the next step with your own code
    #[command(disable_help_flag = true)]
    Next(Rest),
    /// Start the workbench over, keeping a copy
    #[command(disable_help_flag = true)]
    Reset(Rest),
    /// Look for the usual troubles: ports, settings, toolchain, disk
    Doctor(commands::doctor::DoctorArgs),
    /// Measure every step and check the golden rule
    #[command(disable_help_flag = true)]
    Ladder(Rest),
    /// Take a fix made in one version on into every later one
    #[command(disable_help_flag = true)]
    Carry(Rest),
    /// Begin a version: a copy of the newest one, under the next number
    #[command(disable_help_flag = true)]
    New(Rest),
    /// Make one archive that builds and runs without network
    #[command(disable_help_flag = true)]
    Pack(Rest),
}

/// What `lab-tools` reads for itself.
#[derive(Args)]
struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _words: Vec<OsString>,
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
    Cli::try_parse_from(std::iter::once("lab".into()).chain(typed())).unwrap_or_else(|error| {
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
        Some(Command::Doctor(args)) => commands::doctor::run(&args),
        Some(_) => tools::hand_over(&typed()),
    }
}

/// The words after `cargo lab`. `help attack` is another way to say `attack --help`.
fn typed() -> Vec<OsString> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [help, word] if help == "help" => vec![word.clone(), "--help".into()],
        _ => words,
    }
}
