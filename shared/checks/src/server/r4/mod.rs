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
