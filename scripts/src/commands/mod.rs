//! The commands, one file each.

pub mod attack;
pub mod breaks;
pub mod breaks_all;
pub mod carry;
pub mod check;
pub mod diff;
pub mod doctor;
pub mod hint;
pub mod ladder;
pub mod list;
pub mod next;
pub mod pack;
pub mod run;
pub mod solution;
pub mod start;
