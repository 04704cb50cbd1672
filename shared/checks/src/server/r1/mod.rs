//! v01: the user logs in at the server, the client gets a code.

mod code;
mod login;
mod redirect_uri;
mod refusals;
mod session;

use crate::Check;

/// The requirements R1.1 to R1.12.
pub const CHECKS: &[&[Check]] = &[
    code::CHECKS,
    redirect_uri::CHECKS,
    refusals::CHECKS,
    login::CHECKS,
    session::CHECKS,
];
