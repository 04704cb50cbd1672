//! One file per command.

pub mod attack;
pub mod breaks;
pub mod breaks_all;
pub mod carry;
pub mod check;
pub mod draw;
pub mod hint;
pub mod ladder;
pub mod new;
pub mod next;
pub mod pack;
pub mod solution;
pub mod start;
pub mod walk;
