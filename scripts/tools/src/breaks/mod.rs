//! Breaks: each takes one guard out of a version, so that one sees what the guard was for.
//!
//! # Layout
//! - [`declared`], [`parse`], [`load`]: what a break says about itself (`scripts/breaks/NAME.toml`), and all of them.
//! - [`patch`]: the files that it changes, before and after.
//! - [`scratch`], [`lock`]: a copy of the workspace in which a break is applied and built, by one at a time.
//! - [`cases`], [`judge`]: checks and attacks by name, carried out on a broken pair.
//! - [`trial`]: one break on one version, from the patch to the verdicts.
//! - [`all`]: every break, one after the other, as CI runs them.
//! - [`coverage`]: which check is turned by which break.
//! - [`tell`]: how a break and its verdicts read on the terminal.

pub mod all;
pub mod cases;
pub mod coverage;
pub mod declared;
pub mod judge;
pub mod load;
pub mod lock;
pub mod parse;
pub mod patch;
pub mod scratch;
pub mod tell;
pub mod trial;
