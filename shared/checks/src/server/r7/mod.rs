//! v07: scopes, and the user's consent to them.

mod answered;
mod asked;
mod decision;
mod default;
mod doors;
mod forged;
mod frames;
mod narrowed;
mod notes;
mod once;
mod refresh;
mod remembered;
mod role;
mod shown;
mod support;
