//! Rows of the error contract, and of the lab's own wire, that have no number among the requirements.
//!
//! E1 size, E2 bytes that are no text, E3 methods, E4 unknown paths, E5 tickets, E6 what the lab's wire promises,
//! E7 `/debug/state`, E8 bounded memory, E9 the log.

mod debug;
mod debug_shape;
mod fairness;
mod input;
mod limits;
mod lines;
mod memory;
mod names;
mod nonsense;
mod revoked;
mod rows;
mod secrets;
mod spent;
mod swept;
mod ticket;
mod wire;

use crate::Check;

/// E1 to E9.
pub const CHECKS: &[&[Check]] = &[
    limits::CHECKS,
    input::CHECKS,
    nonsense::CHECKS,
    wire::CHECKS,
    ticket::CHECKS,
    spent::CHECKS,
    debug_shape::CHECKS,
    debug::CHECKS,
    revoked::CHECKS,
    memory::CHECKS,
    rows::CHECKS,
    fairness::CHECKS,
    secrets::CHECKS,
    lines::CHECKS,
    names::CHECKS,
    swept::CHECKS,
];
