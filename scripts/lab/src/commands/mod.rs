//! One file per command.

pub mod diff;
pub mod doctor;
pub mod list;
pub mod run;
