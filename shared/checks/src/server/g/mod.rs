//! The standing rules G1 to G13, where HTTP can show them.

mod api;
mod blanks;
mod chance;
mod client;
mod cost;
mod errors;
mod headers;
mod pages;
mod parameters;
mod policy;
mod repeated;
mod sniff;
mod timeouts;

use crate::Check;

/// G1 to G9 and G11 to G13; G5's constant time and G10 are read, not measured.
pub const CHECKS: &[&[Check]] = &[
    parameters::CHECKS,
    repeated::CHECKS,
    pages::CHECKS,
    policy::CHECKS,
    sniff::CHECKS,
    errors::CHECKS,
    api::CHECKS,
    blanks::CHECKS,
    chance::CHECKS,
    client::CHECKS,
    headers::CHECKS,
    cost::CHECKS,
    timeouts::CHECKS,
];
