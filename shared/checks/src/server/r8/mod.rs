//! R8: what the server remembers is shared, survives, says nothing to a thief, and fails closed.
//!
//! R8.7 and R8.8 are about the trait, and stand beside it: `tests/storage/conformance.rs`.

mod crash;
mod crowd;
mod down;
mod ends;
mod once;
mod restart;
mod settings;
mod theft;
mod two;
