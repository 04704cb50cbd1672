//! The checks of the authorization server.
//!
//! `r1` … `r6` hold the requirements of a version, `g` the standing rules, `e` the rows of the error contract
//! that have no number of their own.

mod e;
mod g;
mod r1;
mod r2;
mod r3;
mod r4;
mod r5;
mod r6;
pub(crate) mod support;

use crate::Check;

/// All checks of the server.
pub fn checks() -> Vec<Check> {
    [
        r1::CHECKS,
        r2::CHECKS,
        r3::CHECKS,
        r4::CHECKS,
        r5::CHECKS,
        r6::CHECKS,
        e::CHECKS,
        g::CHECKS,
    ]
    .into_iter()
    .flatten()
    .flat_map(|part| part.iter().cloned())
    .collect()
}
