//! Everything around the lesson, and nothing of it: settings, look, sessions, error pages, `/debug/*`, serving.
//!
//! An OAuth rule never stands here. If you look for one, open the version's own `server/` and `client/` folders.
//!
//! - [`run`] starts a process: settings, routes, log lines, both loopback addresses.
//! - [`page`] and [`Problem`] draw HTML in the colour of the process.
//! - [`Session`] is the browser's cookie session, [`random_token`] a new secret.
//! - [`get_only`], [`get_and_post`] and [`post_from`] say who may call a route, and how.
//! - [`DebugRequest`] answers `GET /debug/state`; `/debug/flow`, the live diagram, is answered by this crate alone.

mod authorization;
mod body;
mod browser;
mod debug;
mod flow;
mod gate;
mod jwt_part;
mod limits;
mod log;
mod method;
mod moment;
mod once;
mod origin;
mod pages;
mod problem;
mod process;
mod random;
mod role;
mod seats;
mod serve;
mod session;
mod sessions;
mod site;
mod turns;
mod wire;

pub use authorization::authorization;
pub use browser::Browser;
pub use debug::DebugRequest;
pub use debug::NEWEST;
pub use debug::Storage;
pub use jwt_part::jwt_part;
pub use log::Reason;
pub use log::Sent;
pub use log::notice;
pub use log::shorten;
pub use method::get_and_post;
pub use method::get_only;
pub use moment::Moment;
pub use once::Once;
pub use origin::post_from;
pub use pages::page;
pub use pages::page_header;
pub use pages::page_mark;
pub use problem::Problem;
pub use process::run;
pub use process::run_when_ready;
pub use random::random_token;
pub use role::Role;
pub use serve::answers;
pub use session::Session;
pub use session::SessionsGone;
pub use sessions::LIFETIME as SESSION_LIFETIME;
pub use sessions::keep_sessions;
pub use sessions::session_over;
pub use settings::Settings;
pub use turns::Turns;

pub use minijinja::Value as Context;
pub use minijinja::context;
