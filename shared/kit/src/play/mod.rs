//! A played authorization server: it answers by a script, and remembers what it was asked.
//!
//! A client is tested by being pointed at it, in whatever language it is written. The server
//! can play fair or foul (echo a wrong `state`, hang up, issue tokens that die at once), and
//! a check then judges what the client did by what was heard here and by what the browser saw.
//!
//! - [`PlayServer`]: start, script, look at what was heard
//! - [`Script`]: what the endpoints answer
//! - [`Heard`]: one recorded request
//! - [`Standing`]: the same at a fixed address, for a client that somebody else has started

pub mod endpoints;
pub mod grants;
pub mod heard;
pub mod http;
mod listen;
pub mod script;
mod server;
mod standing;
#[cfg(test)]
mod tests;

pub use grants::Registration;
pub use heard::Heard;
pub use script::Authorize;
pub use script::RefreshTokens;
pub use script::Reply;
pub use script::Script;
pub use script::State;
pub use server::PlayServer;
pub use standing::Standing;
