//! Why a setting is refused, in words that name it, say where it stands and what to do.

use std::fmt;

/// One thing that keeps the processes from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The setting, where there is one.
    pub name: Option<String>,
    /// What is wrong, in one sentence. It never shows a secret.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.cure)
    }
}

/// What a rule says about a value: the end of a sentence that begins with the setting's name, and the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// As in "is shorter than 32 bytes".
    pub what: String,
    /// As in "Take at least 32 random bytes in base64url."
    pub cure: String,
}

impl Wrong {
    /// What is wrong, and what to do.
    pub fn new(what: impl Into<String>, cure: impl Into<String>) -> Wrong {
        Wrong {
            what: what.into(),
            cure: cure.into(),
        }
    }
}
