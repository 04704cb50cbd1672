//! The checks of the client: we play the server.

use crate::check::Check;

/// All checks of the client.
pub fn checks() -> Vec<Check> {
    Vec::new()
}
