//! v05: an API judges each request by its token.

mod apart;
mod claims;
mod credentials;
mod forgery;
mod subject;
mod tokens;

use crate::Check;

pub(crate) use forgery::accepted;
pub(crate) use forgery::jwt_of;
pub(crate) use forgery::now;
pub(crate) use forgery::refused;

/// The requirements R5.1 to R5.6 and R5.8 to R5.10.
pub const CHECKS: &[&[Check]] = &[
    credentials::CHECKS,
    tokens::CHECKS,
    forgery::CHECKS,
    claims::CHECKS,
    apart::CHECKS,
    subject::CHECKS,
];
