//! The larger half of `cargo lab`: everything that speaks HTTP, merges, measures or takes apart.
//!
//! `lab` is a learner's first build and stays small. It builds this program when one of these words is first used, and
//! hands it the same arguments.
//!
//! # Layout
//! - [`commands`]: one file per command. A command parses nothing and decides little; it calls the rest.
//! - [`check`]: the workbench, a foreign server or a foreign client against the rules.
//! - [`workbench`]: where a learner writes a step.
//! - [`breaks`]: one guard taken out of a copy, to see what it was for.
//! - [`golden`]: the rules that keep the ladder true.
//! - [`drawn`]: real flows as pictures.
//! - [`carry`]: a fix in one version, merged into all later ones.
//! - [`pack`]: the offline kit.

pub mod breaks;
pub mod carry;
pub mod check;
pub mod commands;
pub mod drawn;
pub mod golden;
pub mod pack;
pub mod workbench;
