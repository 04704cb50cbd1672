//! The usual troubles of a workshop, looked for before they happen.
//!
//! # Layout
//! - [`machine`]: toolchain, disk, `localhost`.
//! - [`folder`]: the project's own path.
//! - [`places`]: the two ports.
//! - [`values`]: what the processes would refuse, and what may surprise.
//! - [`agreement`]: settings that contradict each other.

pub mod agreement;
pub mod folder;
pub mod machine;
pub mod places;
pub mod values;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing to do.
    Good,
    /// It may be meant, and it may surprise.
    Note,
    /// Something will not work.
    Trouble,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How serious it is.
    pub level: Level,
    /// What is so, in one sentence.
    pub what: String,
    /// What to do about it; empty when there is nothing to do.
    pub cure: String,
}

impl Finding {
    /// Nothing to do.
    pub fn good(what: impl Into<String>) -> Finding {
        Finding {
            level: Level::Good,
            what: what.into(),
            cure: String::new(),
        }
    }

    /// Something to know.
    pub fn note(what: impl Into<String>, cure: impl Into<String>) -> Finding {
        Finding {
            level: Level::Note,
            what: what.into(),
            cure: cure.into(),
        }
    }

    /// Something that will not work.
    pub fn trouble(what: impl Into<String>, cure: impl Into<String>) -> Finding {
        Finding {
            level: Level::Trouble,
            what: what.into(),
            cure: cure.into(),
        }
    }
}
