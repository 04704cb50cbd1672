//! The workbench: a copy of one version in which a learner writes the next step.
//!
//! # Layout
//! - [`files`]: what a fresh workbench consists of.
//! - [`manifest`]: its `Cargo.toml` and `.cargo/config.toml`. It is a workspace of its own.
//! - [`state`]: which step it is for, and how many hints have been opened.
//! - [`bench`]: opening, making, keeping aside.
//! - [`hints`]: the hints of a version.
//! - [`checks`]: building it and running the checks on it.
//! - [`report`]: what the checks said, read.
//! - [`progress`]: the list that turns green.

pub mod bench;
pub mod checks;
pub mod files;
pub mod hints;
pub mod manifest;
pub mod progress;
pub mod report;
pub mod state;
