//! `cargo lab check`: the checks against a server or a client that we did not start, in whatever language it is written.
//!
//! - [`given`], [`options`]: the arguments, and what was asked for
//! - [`look`]: a first look at the server: is it there, whom does it know
//! - [`stand_in`]: we play the server and wait for the client that is to be tested
//! - [`run`]: the checks, several at a time, told in the order of the catalogue
//! - [`findings`]: what was found, and which failures have one cause
//! - [`tell`], [`json`]: the findings for people and for programs
//! - [`cli`]: all of it in order

pub mod cli;
pub mod findings;
pub mod given;
pub mod json;
pub mod look;
pub mod options;
pub mod run;
pub mod stand_in;
pub mod tell;

pub use cli::main;
