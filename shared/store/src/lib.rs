//! The small in-memory store that every version uses: tables whose rows expire.
//!
//! - A row is found by its key until it expires, and never afterwards.
//! - [`Table::update`] and [`Table::take_if`] read, judge and change one row under one lock. That is what makes
//!   a code or a ticket work once, however many requests arrive together.
//! - A table has a bound. When it is full, the oldest row is pushed out ([`Table::new`]), or the oldest row of
//!   the owner who holds the most rows ([`Table::fair`]). A row that was pushed out reads as unknown, so a flood
//!   can end a login or a token, but it can never open anything.
//! - Inside a tokio runtime a task sweeps out expired rows once a second and gives their memory back.
//!
//! What a row means is written in each version's `server/store.rs` and `client/store.rs`.
//!
//! Inside [`watched`], each verb tells a [`Watch`] what it found and changed. Outside it costs a look at a task-local.
//!
//! Layout: `table` is what you call, `rows` holds them together, `expiry` and `owners` know which row
//! goes, `slab` and `links` are the data structures under them.

mod allocator;
mod expiry;
mod links;
mod owners;
mod rows;
mod slab;
mod sweep;
mod table;
mod watch;

pub use table::Table;
pub use watch::Deed;
pub use watch::Verb;
pub use watch::Watch;
pub use watch::is_on;
pub use watch::tell;
pub use watch::watch;
pub use watch::watched;
