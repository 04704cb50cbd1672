//! Measures an authorization server: CPU per flow, flows per second, memory, and the time it takes to start.

pub mod browser;
pub mod compare;
pub mod crowd;
pub mod floor;
mod form;
pub mod gone;
pub mod http;
pub mod memory;
pub mod page;
pub mod server;
pub mod start;
pub mod store_floor;
pub mod stores;
pub mod target;
