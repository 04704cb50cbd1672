//! The two ways of `cargo lab check`.
//!
//! # Layout
//! - [`run`], [`findings`]: the checks, several at a time, told in order; and which failures have one cause.
//! - [`workbench`]: the learner's pair, built and held against the rules of its goal.
//! - [`outside`]: a server or client that somebody else has started, in any language.

pub mod findings;
pub mod outside;
pub mod run;
pub mod workbench;
