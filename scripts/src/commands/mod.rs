//! The commands, one file each.

pub mod diff;
pub mod list;
pub mod run;
