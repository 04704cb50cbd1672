//! The good path of each version. Checks change one thing about it; what later versions demand is added here, once.

mod authorize;
mod consent;
mod login;
mod params;
mod request;
mod token;
mod walk;

pub use authorize::Grant;
pub use consent::Pairs;
pub use consent::Question;
pub use login::credentials;
pub use params::Params;
pub use request::AuthorizationRequest;
pub use token::TokenRequest;
pub use token::Tokens;
pub use walk::Walk;
