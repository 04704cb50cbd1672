//! The checks of the client: we play the server, and look at what the client does with its answers.
//!
//! - [`stage`]: a played server, the client that points at it, browsers
//! - [`flow`]: a browser's way through the client, and whether the client accepted or refused
//! - `v01_error` … `v07_refused`: the checks, by the version that brings the rule
//! - `doors`, `methods`, `markup`, `headers`, `bounds`, `log`: rules of every version

mod bounds;
mod doors;
pub mod flow;
mod headers;
mod judge;
mod log;
mod markup;
mod methods;
mod profile;
pub mod stage;
mod together;
mod v01_error;
mod v02_once;
mod v02_refused;
mod v02_state;
mod v02_tabs;
mod v03_verifier;
mod v04_abandoned;
mod v04_again;
mod v04_exchange;
mod v04_logout;
mod v04_numbers;
mod v04_origin;
mod v04_refusal;
mod v04_request;
mod v04_rows;
mod v04_strict;
mod v04_wire;
mod v04_words;
mod v05_api;
mod v05_ended;
mod v05_forgets;
mod v05_header;
mod v05_news;
mod v05_token;
mod v06_abandoned;
mod v06_dead;
mod v06_failed;
mod v06_kept;
mod v06_listed;
mod v06_once;
mod v06_refresh;
mod v06_replay;
mod v07_asks;
mod v07_frames;
mod v07_granted;
mod v07_notes;
mod v07_refused;
