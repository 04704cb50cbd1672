//! The workbench: a copy of one version in which a learner writes the next step.
//!
//! # Layout
//! - [`files`]: what a fresh workbench consists of.
//! - [`manifest`]: its `Cargo.toml` and `.cargo/config.toml`. It is a workspace of its own.
//! - [`making`]: making one, renewing it, keeping it aside.
//! - [`hints`]: the hints of a version.
//! - [`checks`]: building it and running the checks on it.
//! - [`progress`]: the list that turns green.

pub mod checks;
pub mod files;
pub mod hints;
pub mod making;
pub mod manifest;
pub mod progress;
