//! `cargo lab check`: which rules your workbench, your server or your client obeys.

use crate::check::outside::Aim;
use crate::check::{outside, workbench};
use clap::Args;
use lab::error::{Error, Outcome};
use lab::versions::Versions;

/// How `cargo lab check` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab check             the workbench, and what to do next
  cargo lab check --watch     again whenever you save
  cargo lab check --only R3   the workbench, by these rules alone
  cargo lab check v02 --server http://localhost:5000
                              your own server, in any language, by the rules of v01 and v02
  cargo lab check v04 --server http://localhost:5000 --only R4.8
                              one rule of it
  cargo lab check v04 --server http://localhost:5000 --level must
                              only what the RFCs demand
  cargo lab check v04 --play-server 5050 --client http://localhost:5001
                              your own client, whose server is played on port 5050")]
pub struct CheckArgs {
    /// Whose rules: v04 means all rules of v01 to v04. Without it: the workbench
    pub version: Option<String>,
    /// Run again whenever a file of the workbench is saved
    #[arg(long, conflicts_with = "version")]
    pub watch: bool,
    /// Show all reports, not only the first of each kind
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    aim: Aim,
}

/// Fails while a rule does not hold.
///
/// # Errors
/// There is nothing to check, it does not build, or the checks cannot be run.
pub fn run(args: &CheckArgs) -> Outcome {
    let versions = Versions::here()?;
    let Some(typed) = &args.version else {
        if args.aim.is_more_than_only() {
            return Err(Error::request(
                "Say by the rules of which version: cargo lab check v04 --server http://localhost:5000",
            ));
        }
        return workbench::run(&versions, args.watch, args.full, &args.aim.only);
    };
    let version = versions.find(typed)?;
    if !args.aim.names_somebody() {
        return Err(Error::request(format!(
            "Say whom to check by the rules of {name}.\n\
             A server: cargo lab check {name} --server http://localhost:5000\n\
             A client: cargo lab check {name} --play-server 5050 --client http://localhost:5001\n\
             Your workbench: cargo lab check",
            name = version.name
        )));
    }
    outside::run(version, &args.aim, args.full)
}
