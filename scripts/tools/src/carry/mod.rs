//! A fix made in one version, taken on into every later one.
//!
//! # Layout
//! - [`git`]: the few questions that are asked of git.
//! - [`change`]: what has changed in the version where the fix was made.
//! - [`merge`]: one file of a later version, merged three-way.
//! - [`plan`]: what will happen to each file of each later version. Nothing is written yet.
//! - [`apply`]: writing it, with a backup.

pub mod apply;
pub mod change;
pub mod git;
pub mod merge;
pub mod plan;
