//! The requirements of OAuth as checks over real HTTP.
//!
//! One crate, two uses: `cargo test` in each version, and a check of anybody's server or client.
//!
//! # Layout
//! - [`check`]: what a check is
//! - [`registry`]: all checks in the order of the catalogue, and what HTTP cannot show
//! - [`server`]: the checks of the authorization server, one folder or file per version
//! - [`client`]: the checks of the client, one file per version
//! - [`texts`], `wire_text`: READMEs and chapters, held against the running version
//! - [`cargo_test()`]: checks, attacks and texts as lines of `cargo test`

mod cargo_test;
pub mod check;
pub mod client;
pub mod registry;
pub mod server;
pub mod texts;
mod wire_text;

pub use cargo_test::cargo_test;
pub use check::Check;
pub use check::Keyword;
pub use check::Subject;
pub use check::run_check;
pub use registry::BY_READING;
pub use registry::all_checks;
