//! v01: the user logs in at the server, the client gets a code.

mod code;
mod login;
mod redirect_uri;
mod refusals;
mod session;
