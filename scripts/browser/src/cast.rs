//! The programs of every version: built once, started for each test on ports of its own.

use std::path::PathBuf;
use std::sync::OnceLock;

use kit::ladder::{self, Capability};
use kit::{Executables, Pair};
use lab::process::cargo;
use lab::versions::Versions;

/// Builds every program of every version, once, and returns where they are.
fn built() -> Result<&'static [PathBuf], String> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, String>> = OnceLock::new();
    let build = || {
        let versions = Versions::at(&ladder::workspace()).map_err(|error| error.to_string())?;
        let mut names = Vec::new();
        for version in &versions.all {
            let parts = version.cast().map_err(|error| error.to_string())?;
            names.extend(parts.into_iter().map(|part| part.binary));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        cargo::build(&versions.root, &names, false).map_err(|error| error.to_string())
    };
    BUILT.get_or_init(build).as_deref().map_err(Clone::clone)
}

/// A running pair of one version.
#[derive(Debug)]
pub struct Stage {
    /// 3 for v03.
    pub version: u8,
    /// The processes.
    pub pair: Pair,
}

impl Stage {
    /// Starts the pair of a version.
    ///
    /// # Errors
    /// It cannot be built or started.
    pub async fn set(version: u8) -> Result<Stage, String> {
        let name = format!("v{version:02}-");
        let paths = built()?.iter().filter(|path| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&name))
        });
        let executables = Executables::of_cast(paths.cloned())?;
        let pair = Pair::start(&executables, &[]).await?;
        Ok(Stage { version, pair })
    }

    /// Does this version have it?
    pub fn has(&self, capability: Capability) -> bool {
        capability.is_in(self.version)
    }

    /// An address of the authorization server.
    pub fn server(&self, path: &str) -> String {
        format!("{}{path}", self.pair.server.url)
    }

    /// An address of the client.
    pub fn client(&self, path: &str) -> String {
        format!("{}{path}", self.pair.client.url)
    }
}
