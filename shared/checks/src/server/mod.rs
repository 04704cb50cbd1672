//! The checks of the authorization server.

use crate::check::Check;

/// All checks of the server.
pub fn checks() -> Vec<Check> {
    Vec::new()
}
