//! v05: an API judges each request by its token.

mod apart;
mod claims;
mod credentials;
mod forgery;
mod subject;
mod tokens;

pub(crate) use forgery::accepted;
pub(crate) use forgery::jwt_of;
pub(crate) use forgery::now;
pub(crate) use forgery::refused;
