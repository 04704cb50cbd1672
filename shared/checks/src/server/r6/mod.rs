//! v06: short access tokens, renewed by a refresh token that works once.

mod family;
mod later;
mod lifetime;
mod race;
mod rotation;
mod shape;
mod times;

use crate::Check;

/// The requirements R6.1 to R6.7.
pub const CHECKS: &[&[Check]] = &[
    rotation::CHECKS,
    shape::CHECKS,
    race::CHECKS,
    later::CHECKS,
    family::CHECKS,
    lifetime::CHECKS,
    times::CHECKS,
];
