//! The offline kit: one archive that builds and runs without network.
//!
//! # Layout
//! - [`files`]: the project's files, copied.
//! - [`vendor`]: the crates, and the setting that makes cargo use them.
//! - [`pages`]: the documents as HTML.
//! - [`archive`]: one file out of the folder.

pub mod archive;
pub mod files;
pub mod pages;
pub mod vendor;

/// The name of the folder in the archive, and of the archive.
pub const NAME: &str = "oauth-lab-offline";
