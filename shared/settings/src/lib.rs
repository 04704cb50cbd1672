//! The settings of the lab: one table, one reader of `.env`, one judge.
//!
//! The processes start with what [`Settings::read`] returns, `cargo lab` asks the same code for the ports, and
//! `cargo lab doctor` shows everything that it refuses.
//!
//! # Layout
//! - [`table`]: every setting with its default, meaning and rule, and `.env.example`, which is written from it.
//! - [`env_file`]: the grammar of `.env`.
//! - [`given`]: what is set, and where: the environment wins over `.env`.
//! - [`judge`]: each value by itself, then all of them together.
//! - [`rule`], [`rules`], [`url`], [`ports`], [`jwt_secret`]: what a value must be.
//! - [`refusal`]: a refused value in words that say what to do.

pub mod env_file;
pub mod given;
pub mod judge;
pub mod jwt_secret;
pub mod ports;
pub mod refusal;
pub mod rule;
pub mod rules;
pub mod table;
pub mod url;

mod settings;

pub use given::Given;
pub use refusal::Refusal;
pub use settings::Settings;
