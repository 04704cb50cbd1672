//! v04: the code is exchanged away from the browser, with proof.

mod client;
mod code;
mod credentials;
mod fallback;
mod grant_type;
mod header;
mod near;
mod redirect_uri;
mod replay;
mod response;
mod seconds;
mod tries;
mod verifier;

use crate::Check;

/// The requirements R4.1 to R4.12.
pub const CHECKS: &[&[Check]] = &[
    response::CHECKS,
    grant_type::CHECKS,
    client::CHECKS,
    credentials::CHECKS,
    header::CHECKS,
    fallback::CHECKS,
    code::CHECKS,
    verifier::CHECKS,
    redirect_uri::CHECKS,
    near::CHECKS,
    tries::CHECKS,
    replay::CHECKS,
    seconds::CHECKS,
];
