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

pub(crate) use policy::every_page;
