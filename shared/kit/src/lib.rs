//! What checks, attacks and tools are made of: requests, answers, browsers, processes, and an authorization server to play.
//!
//! # Layout
//! - [`verdict`]: what a check or an attack says of what it saw
//! - [`request`], [`http`], [`patience`], [`answer`], [`crowd`]: one request, one answer, and what may be asked of an answer
//! - [`encoding`]: forms, queries, base64url and URLs
//! - [`browser`], [`html`]: a cookie jar that never follows a redirect by itself
//! - [`target`]: whom a check talks to, and what is known about it
//! - [`flow`], [`honest`]: the good requests of each version, and the whole way that a user takes
//! - [`wire`]: bytes over TCP, for what no HTTP library sends
//! - [`jwt`]: tokens taken apart and signed by hand
//! - [`secrets`]: what no log may show
//! - [`process`], [`pair`], [`harness`]: the real binaries, started on free ports, and shared by the lines of `cargo test`
//! - [`engine`], [`two`]: a store that several servers share, started and stopped for a test, and two servers over it
//! - [`chromium`]: a real browser, if one is installed
//! - [`play`]: an authorization server that we play, by a script, to test clients
//! - [`ladder`]: which versions there are

pub mod answer;
pub mod browser;
pub mod chromium;
pub mod crowd;
pub mod encoding;
pub mod engine;
pub mod flow;
pub mod harness;
pub mod honest;
pub mod html;
pub mod http;
pub mod jwt;
pub mod ladder;
pub mod pair;
pub mod patience;
pub mod play;
pub mod process;
pub mod request;
pub mod secrets;
pub mod target;
pub mod turn;
pub mod two;
pub mod verdict;
pub mod wire;

pub use answer::Answer;
pub use browser::Browser;
pub use http::Http;
pub use pair::Executables;
pub use pair::Pair;
pub use play::PlayServer;
pub use process::Process;
pub use request::Request;
pub use target::Target;
pub use verdict::Outcome;
pub use verdict::Verdict;
