//! The `lab` command as a library: what it and its larger half, `lab-tools`, both need.
//!
//! # Layout
//! - [`commands`]: `list`, `run`, `diff` and `doctor`. A command parses nothing and decides little; it calls the rest.
//! - [`tools`]: every other word, handed to `lab-tools`.
//! - [`versions`], [`declaration`], [`cast`]: the versions of the ladder, what each declares (`rung.toml`), and its programs.
//! - [`diff`], [`kept_diffs`]: the step from one version to another, and `docs/diffs/`.
//! - [`doctor`]: the usual troubles and their cures.
//! - [`process`], [`settings`]: building and running a pair.
//! - [`workbench`]: where a learner writes a step.
//! - [`term`], [`suggest`], [`usage`], [`error`]: how `lab` talks to a person.

pub mod cast;
pub mod commands;
pub mod declaration;
pub mod diff;
pub mod doctor;
pub mod error;
pub mod kept_diffs;
pub mod process;
pub mod settings;
pub mod suggest;
pub mod term;
pub mod tools;
pub mod usage;
pub mod versions;
pub mod workbench;
