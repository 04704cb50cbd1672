//! The `lab` command as a library, so that tests can call what the command calls.
//!
//! # Layout
//! - [`commands`]: one file per command. A command parses nothing and decides little; it calls the rest.
//! - [`versions`], [`declaration`]: the versions of the ladder and what each declares (`rung.toml`).
//! - [`diff`], [`kept_diffs`]: the step from one version to another, and `docs/diffs/`.
//! - [`golden`]: the rules that keep the ladder true.
//! - [`carry`]: a fix in one version, merged into all later ones.
//! - [`doctor`]: the usual troubles and their cures.
//! - [`pack`]: the offline kit.
//! - [`process`], [`settings`]: building and running a pair.
//! - [`workbench`]: where a learner writes a step.
//! - [`check`]: the workbench, a foreign server or a foreign client against the rules.
//! - [`breaks`]: one guard taken out of a copy, to see what it was for.
//! - [`term`], [`suggest`], [`usage`], [`error`]: how `lab` talks to a person.

pub mod breaks;
pub mod carry;
pub mod check;
pub mod commands;
pub mod declaration;
pub mod diff;
pub mod doctor;
pub mod error;
pub mod golden;
pub mod kept_diffs;
pub mod pack;
pub mod process;
pub mod settings;
pub mod suggest;
pub mod term;
pub mod usage;
pub mod versions;
pub mod workbench;
