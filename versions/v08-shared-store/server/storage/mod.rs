//! Where this server keeps what it remembers: an engine for the rows, and typed tables over it.
//!
//! Read `engine.rs` first, then `table.rs`, then one engine. The engines differ in where a row is and in how they
//! change it in one step, and in nothing else.

mod engine;
mod file;
mod key;
mod memory;
mod postgres;
mod redis;
mod seal;
mod sessions;
mod store;
mod table;

#[cfg(test)]
#[path = "../../tests/storage/conformance.rs"]
mod conformance;
#[cfg(test)]
#[path = "../../tests/storage/faulty.rs"]
pub mod faulty;

pub use key::Key;
pub use store::SILENT;
pub use store::Store;
pub use store::Told;
pub use store::Unavailable;
pub use store::in_time;
pub use table::Table;
