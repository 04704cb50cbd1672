//! The titled parts in which a step is told, each with its files in reading order.

use crate::declaration::keys;
use toml::de::DeTable;

/// One part of a step, small enough to be read in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its title, without a full stop.
    pub title: String,
    /// What it adds and why, in one sentence.
    pub sentence: String,
    /// How many lines of code it may add. A step with one part has the step's budget.
    pub budget: Option<usize>,
    /// Its files, in reading order.
    pub files: Vec<Told>,
}

/// A file of a part, and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its path below the version, with `/` between its parts.
    pub path: String,
    /// What one finds there, in one sentence.
    pub says: String,
}

/// The parts that a declaration lists.
pub fn parse(declaration: &DeTable) -> Result<Vec<Part>, String> {
    let parts = keys::tables(declaration, "part")?;
    let numbered = parts.into_iter().enumerate();
    numbered
        .map(|(index, table)| part(table).map_err(|what| format!("[[part]] {}: {what}", index + 1)))
        .collect()
}

fn part(table: &DeTable) -> Result<Part, String> {
    keys::known(table, &["title", "sentence", "budget", "files"])?;
    Ok(Part {
        title: keys::sentence(table, "title")?,
        sentence: keys::sentence(table, "sentence")?,
        budget: keys::number(table, "budget")?,
        files: keys::tables(table, "files")?.into_iter().map(told).collect::<Result<_, _>>()?,
    })
}

fn told(table: &DeTable) -> Result<Told, String> {
    keys::known(table, &["path", "says"])?;
    Ok(Told {
        path: keys::sentence(table, "path")?,
        says: keys::sentence(table, "says")?,
    })
}
