//! What a check says at the end.

use std::fmt;

/// What a check says at the end: nothing (the rule holds) or a [`Verdict`].
pub type Outcome = Result<(), Verdict>;

/// Why a check did not pass.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The rule is broken.
    Failed {
        /// What was sent, as text; earlier messages of the same browser first.
        sent: String,
        /// What the rule asks for.
        wanted: String,
        /// What came back.
        got: String,
    },
    /// The rule could not be judged.
    Skipped {
        /// What is missing for a judgement.
        needs: String,
    },
}

impl Verdict {
    /// A failure that is not about one answer: `sent` says in words what was done.
    pub fn failed(
        sent: impl Into<String>,
        wanted: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Verdict::Failed {
            sent: sent.into(),
            wanted: wanted.into(),
            got: got.into(),
        }
    }

    /// No judgement: `needs` says what would make one possible.
    pub fn skipped(needs: impl Into<String>) -> Self {
        Verdict::Skipped {
            needs: needs.into(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Failed { sent, wanted, got } => {
                write!(
                    out,
                    "sent:\n{}\nwanted:\n{}\ngot:\n{}",
                    indent(sent),
                    indent(wanted),
                    indent(got)
                )
            }
            Verdict::Skipped { needs } => write!(out, "skipped, it needs {needs}"),
        }
    }
}

fn indent(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}
