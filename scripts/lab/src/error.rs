//! What can go wrong in a `lab` command, in words that say what to do next.

use std::path::Path;
use std::process::ExitCode;
use std::{fmt, io};

/// What every command returns: the exit code of the process, or what went wrong.
pub type Outcome = Result<ExitCode, Error>;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Error {
    /// The person asked for something that does not exist or does not fit together.
    /// The text says what is known and what to type.
    Request(String),
    /// A file or folder could not be read or written.
    File {
        /// What was being done, as in "read versions/v03-pkce/rung.toml".
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is there, but what it says is wrong (a `rung.toml`, a `.env`).
    Content {
        /// The file, and the line where it is known.
        place: String,
        /// What is wrong there, and what would be right.
        what: String,
    },
    /// A program that the command needs (cargo, git) is missing or failed.
    Program(String),
    /// The build failed. The compiler has said why; there is nothing to add.
    Build,
}

impl Error {
    /// A request that cannot be served.
    pub fn request(text: impl Into<String>) -> Error {
        Error::Request(text.into())
    }

    /// A file that could not be used. `doing` is a verb, as in "read" or "write".
    pub fn file(doing: &str, path: &Path, source: io::Error) -> Error {
        Error::File {
            doing: format!("{doing} {}", path.display()),
            source,
        }
    }

    /// The exit code of a process that ends with this error: 2 for a wrong request, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Error::Request(_) => ExitCode::from(2),
            _ => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Request(text) | Error::Program(text) => f.write_str(text),
            Error::File { doing, source } => write!(f, "Cannot {doing}: {source}."),
            Error::Content { place, what } => write!(f, "{place}: {what}"),
            Error::Build => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
