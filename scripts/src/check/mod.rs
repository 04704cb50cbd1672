//! The two ways of `cargo lab check`.
//!
//! # Layout
//! - [`workbench`]: the learner's pair, built and held against the rules of its goal.
//! - [`outside`]: a server or client that somebody else has started, in any language.

pub mod outside;
pub mod workbench;
