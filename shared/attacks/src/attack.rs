//! What an attack is: a story, its steps, where it succeeds, and what stops it elsewhere.

use std::fmt;
use std::pin::Pin;

use crate::scene::Scene;
use crate::who::Who;
use kit::Verdict;
use kit::ladder::Capability;
use kit::ladder::newest;

/// The future of an attack. An error means that nobody can say how it went: the honest part broke, say.
pub type Running = Pin<Box<dyn Future<Output = Result<Ending, Verdict>> + Send>>;

/// One attack, told and carried out over HTTP against real processes.
#[derive(Debug)]
pub struct Attack {
    /// What one types: `login-csrf`.
    pub name: &'static str,
    /// What it achieves, in a few words.
    pub title: &'static str,
    /// Two sentences: what the attacker does, and what comes of it.
    pub story: &'static str,
    /// Who sends what to whom.
    pub steps: &'static [Step],
    /// Where to read about it: `RFC 9700 §4.7`.
    pub section: &'static str,
    /// How it ends where this can be done, oldest first. Before the first entry there is nothing to attack.
    pub cells: &'static [(Capability, Cell)],
    /// The lines that stop it, where it is stopped.
    pub guards: &'static [Guard],
    /// Carries it out.
    pub run: fn(Scene) -> Running,
}

inventory::collect!(Attack);

/// Declares an attack: `attack!(Attack { … })`. It is found wherever it stands.
#[macro_export]
macro_rules! attack {
    ($attack:expr) => {
        inventory::submit!($attack);
    };
}

/// How an attack is declared to end on a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// What it attacks does not exist there.
    NotYet,
    /// The attacker gets what he wants.
    Succeeds,
    /// Something in the version stops him.
    Stopped,
}

/// One step of the story.
#[derive(Clone, Copy, Debug)]
pub struct Step(
    /// Who sends.
    pub Who,
    /// To whom.
    pub Who,
    /// What, in plain words.
    pub &'static str,
);

/// A line of the source that stops an attack. It is found by its text, so its number is never out of date.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    since: Capability,
    before: Option<Capability>,
    /// The file, below the version's folder; `shared/…` is below the workspace's.
    pub file: &'static str,
    /// Text that stands in exactly one line of the file.
    pub anchor: &'static str,
    /// What that line does about it.
    pub what: &'static str,
}

impl Guard {
    /// A guard of every version that can do this.
    pub const fn since(since: Capability) -> Guard {
        Guard {
            since,
            before: None,
            file: "",
            anchor: "",
            what: "",
        }
    }

    /// Until this arrives: a later version has another line in its place.
    pub const fn before(self, capability: Capability) -> Guard {
        Guard {
            before: Some(capability),
            ..self
        }
    }

    /// The file, and text that stands in exactly one line of it.
    pub const fn line(self, file: &'static str, anchor: &'static str) -> Guard {
        Guard {
            file,
            anchor,
            ..self
        }
    }

    /// What that line does about the attack.
    pub const fn that(self, what: &'static str) -> Guard {
        Guard { what, ..self }
    }

    /// The first version that has it: 4 for v04.
    pub fn first(&self) -> u8 {
        self.since.first()
    }

    /// The last version that has it, if a later one moved it.
    pub fn last(&self) -> Option<u8> {
        self.before.map(|later| later.first().saturating_sub(1))
    }

    fn is_in(&self, version: u8) -> bool {
        self.since.is_in(version) && !self.before.is_some_and(|later| later.is_in(version))
    }
}

/// How an attack ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// The attacker got what he wanted.
    Succeeded {
        /// What shows it.
        evidence: String,
    },
    /// He was refused, for the reason that was expected, while the honest way next to it works.
    Stopped {
        /// What refused him.
        by: String,
        /// What shows it.
        evidence: String,
    },
    /// What he attacks does not exist in this version.
    NotApplicable {
        /// What shows it.
        why: String,
    },
    /// Nobody can say. As a test this is a failure.
    Inconclusive {
        /// What was expected and what came.
        why: String,
    },
}

impl Attack {
    /// How it is declared to end on a version: 3 for v03.
    pub fn cell(&self, version: u8) -> Cell {
        let entry = self.cells.iter().rev().find(|(since, _)| since.is_in(version));
        entry.map_or(Cell::NotYet, |(_, cell)| *cell)
    }

    /// The lines that stop it in a version where it is stopped.
    pub fn guards_in(&self, version: u8) -> impl Iterator<Item = &'static Guard> {
        let stopped = self.cell(version) == Cell::Stopped;
        self.guards.iter().filter(move |guard| stopped && guard.is_in(version))
    }

    /// The first version that has something to attack.
    pub fn first(&self) -> u8 {
        self.cells.first().map_or(u8::MAX, |(since, _)| since.first())
    }

    /// The first version that stops it after it has succeeded on an earlier one.
    pub fn cured_in(&self) -> Option<u8> {
        let pairs = self.cells.windows(2);
        let cures = pairs.filter(|pair| pair[0].1 == Cell::Succeeds && pair[1].1 == Cell::Stopped);
        cures.map(|pair| pair[1].0.first()).find(|version| *version <= newest())
    }
}

impl Ending {
    /// It succeeded; `evidence` shows it.
    pub fn succeeded(evidence: impl Into<String>) -> Self {
        Ending::Succeeded {
            evidence: evidence.into(),
        }
    }

    /// It was stopped by something; `evidence` shows it.
    pub fn stopped(by: impl Into<String>, evidence: impl Into<String>) -> Self {
        Ending::Stopped {
            by: by.into(),
            evidence: evidence.into(),
        }
    }

    /// There is nothing to attack.
    pub fn not_yet(why: impl Into<String>) -> Self {
        Ending::NotApplicable { why: why.into() }
    }

    /// The cell of the matrix that this ending fills; `None` when nobody can say.
    pub fn cell(&self) -> Option<Cell> {
        match self {
            Ending::Succeeded { .. } => Some(Cell::Succeeds),
            Ending::Stopped { .. } => Some(Cell::Stopped),
            Ending::NotApplicable { .. } => Some(Cell::NotYet),
            Ending::Inconclusive { .. } => None,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Cell::NotYet => "–",
            Cell::Succeeds => "succeeds",
            Cell::Stopped => "stopped",
        })
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Succeeded { evidence } => write!(out, "it succeeded: {evidence}"),
            Ending::Stopped { by, evidence } => write!(out, "stopped by {by}: {evidence}"),
            Ending::NotApplicable { why } => write!(out, "nothing to attack: {why}"),
            Ending::Inconclusive { why } => write!(out, "nobody can say:\n{why}"),
        }
    }
}
