//! Floods that make a server forget: `rotation-flood` and `login-flood`.

/// So many rows a table may have here.
pub(crate) const ROWS: usize = 50;
