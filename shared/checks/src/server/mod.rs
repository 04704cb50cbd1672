//! The checks of the authorization server.
//!
//! `r1` … `r8` hold the requirements of a version, `g` the standing rules, `e` the rows of the error contract
//! that have no number of their own.

mod e;
mod g;
mod r1;
mod r2;
mod r3;
mod r4;
mod r5;
mod r6;
mod r7;
mod r8;
pub(crate) mod support;
