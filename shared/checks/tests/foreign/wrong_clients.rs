//! Clients that are not ours, tested by a played server.

use libtest_mimic::Trial;

pub fn trials(_python: &str) -> Vec<Trial> {
    Vec::new()
}
