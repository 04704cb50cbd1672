//! `cargo run -p browser-tests -- screenshots`: retakes the pictures of the texts.

fn main() {}
