//! Rows of the error contract, and of the lab's own wire, that have no number among the requirements.
//!
//! E1 size, E2 bytes that are no text, E3 methods, E4 unknown paths, E5 tickets, E6 what the lab's wire promises,
//! E7 `/debug/state` and `/debug/flow`, E8 bounded memory, E9 the log.

mod debug;
mod debug_shape;
mod fairness;
mod flow;
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
