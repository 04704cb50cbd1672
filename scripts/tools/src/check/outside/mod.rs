//! `cargo lab check`: the checks against a server or a client that we did not start, in whatever language it is written.
//!
//! - [`given`], [`options`]: the arguments, and what was asked for
//! - [`look`]: a first look at the server: is it there, whom does it know
//! - [`stand_in`]: we play the server and wait for the client that is to be tested
//! - [`tell`], [`json`]: the findings for people and for programs
//! - [`cli`]: all of it in order

pub mod cli;
pub mod given;
pub mod json;
pub mod look;
pub mod options;
pub mod stand_in;
pub mod tell;

use std::process::ExitCode;

use kit::ladder::number;
use lab::error::Error;
use lab::versions::Version;
use options::Options;
use tokio::runtime::Runtime;

pub use given::Aim;

/// Holds somebody's server or client against the rules of a version and of all before it.
///
/// # Errors
/// There is no runtime to run it in.
pub fn run(version: &Version, aim: &Aim, full: bool) -> Result<ExitCode, Error> {
    let runtime = Runtime::new().map_err(|trouble| Error::Program(trouble.to_string()))?;
    let options = Options::read(number(&version.name).unwrap_or_default(), aim, full);
    Ok(runtime.block_on(cli::run_checks(options)))
}
