//! Building, starting and ending the processes of a pair.

pub mod browser;
pub mod cargo;
pub mod child;
pub mod health;
pub mod owner;
pub mod pair;
pub mod ports;
pub mod secret;
pub mod store;
