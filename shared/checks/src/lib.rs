//! The requirements of OAuth as checks over real HTTP.
//!
//! One crate, three uses: `cargo test` in each version, a check of anybody's server or client, and the attacks.
//!
//! # Layout
//! - [`check`], [`verdict`]: what a check is, and what it says
//! - [`target`]: whom a check talks to
//! - [`request`], [`http`], [`patience`], [`answer`]: one request, one answer, and what may be asked of an answer
//! - [`browser`], [`html`]: a cookie jar that never follows a redirect by itself
//! - [`flow`]: the good requests of each version: authorize, log in, redeem, call the API
//! - [`wire`]: bytes over TCP, for what no HTTP library sends
//! - [`jwt`]: tokens taken apart and signed by hand
//! - [`secrets`]: what no log may show
//! - [`process`], [`pair`]: the real binaries, started on free ports
//! - [`ladder`]: which versions there are
//! - [`registry`]: all checks in the order of the catalogue, and what HTTP cannot show
//! - [`server`]: the checks of the authorization server, one folder or file per version
//! - [`play`]: an authorization server that we play, by a script, to test clients
//! - [`client`]: the checks of the client, one file per version
//! - [`attacks`]: what a thief would do, told message by message
//! - [`outside`]: the checks against a server or client that somebody else has started
//! - [`texts`]: the READMEs, held against the running version
//! - [`cargo_test()`], [`harness`]: the checks as lines of `cargo test`, and what these share
//! - [`honest`], [`judge`]: the honest flow, and chosen checks for a program that asks (`lab-judge`)

pub mod answer;
pub mod attacks;
pub mod browser;
mod cargo_test;
pub mod check;
pub mod client;
mod crowd;
pub mod encoding;
pub mod flow;
pub mod harness;
pub mod honest;
pub mod html;
pub mod http;
pub mod judge;
pub mod jwt;
pub mod ladder;
pub mod outside;
pub mod pair;
pub mod patience;
pub mod play;
pub mod process;
pub mod registry;
pub mod request;
pub mod secrets;
pub mod server;
pub mod target;
pub mod texts;
pub mod verdict;
pub mod wire;

pub use answer::Answer;
pub use browser::Browser;
pub use cargo_test::cargo_test;
pub use check::Check;
pub use check::Keyword;
pub use check::Subject;
pub use check::run_check;
pub use http::Http;
pub use pair::Executables;
pub use pair::Pair;
pub use play::PlayServer;
pub use process::Process;
pub use registry::BY_READING;
pub use registry::all_checks;
pub use request::Request;
pub use target::Target;
pub use verdict::Outcome;
pub use verdict::Verdict;
