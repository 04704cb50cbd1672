//! The commands, one file each.

pub mod carry;
pub mod diff;
pub mod doctor;
pub mod ladder;
pub mod list;
pub mod run;
