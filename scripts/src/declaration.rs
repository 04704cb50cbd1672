//! What a version says about itself: the file `rung.toml` in its folder.
//!
//! The listing of `cargo lab`, the README's table and the budget of each step come from here, so that no
//! two places can disagree.

use toml::de::DeTable;
use toml::de::DeValue;

use crate::error::Error;
use crate::suggest;

/// What a version declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declaration {
    /// The one idea that it adds, in one sentence.
    pub idea: String,
    /// What one finds here that the version before did not have: routes, parameters, records.
    pub adds: Vec<String>,
    /// Attacks that succeed on the version before and fail here.
    pub cures: Vec<String>,
    /// Attacks that become possible with what this version adds, and succeed.
    pub opens: Vec<String>,
    /// Attacks that become possible with what this version adds, and fail from the start.
    pub refuses: Vec<String>,
    /// Attacks that succeed here.
    pub remains: Vec<String>,
    /// What is still broken, in sentences.
    pub broken: Vec<String>,
    /// The order in which the story of the step goes, file by file. Files that are not named come after.
    pub reading_order: Vec<String>,
    /// Files and items (functions, types) of the version before that this one takes away on purpose.
    pub removes: Vec<String>,
    /// How large the step from the version before may be. The first version has none.
    pub budget: Option<Budget>,
}

/// The most that a step may change. All are numbers of lines, but `files`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Lines of Rust added in `server/` and `client/`.
    pub rust_added: usize,
    /// Lines of Rust that were there and are not any more, changed ones included.
    pub rust_removed: usize,
    /// Lines of templates added.
    pub templates_added: usize,
    /// Lines of templates removed or changed.
    pub templates_removed: usize,
    /// Files of `server/` and `client/` (and `Cargo.toml`) touched.
    pub files: usize,
}

const KEYS: [&str; 10] = [
    "idea",
    "adds",
    "cures",
    "opens",
    "refuses",
    "remains",
    "broken",
    "reading_order",
    "removes",
    "budget",
];

const BUDGET_KEYS: [&str; 5] = [
    "rust_added",
    "rust_removed",
    "templates_added",
    "templates_removed",
    "files",
];

impl Declaration {
    /// Reads the text of a `rung.toml`. `place` names the file in messages.
    ///
    /// # Errors
    /// It is no TOML, a key is unknown or missing, or a value has the wrong type.
    pub fn parse(place: &str, text: &str) -> Result<Declaration, Error> {
        let wrong = |what: String| Error::Content {
            place: place.into(),
            what,
        };
        let document = DeTable::parse(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            wrong(format!("{line}{}", error.message()))
        })?;
        let table = document.get_ref();
        known_keys(table, &KEYS).map_err(&wrong)?;
        let list = |key: &str| strings(table, key).map_err(&wrong);
        let idea = match table.get("idea").map(|value| value.get_ref()) {
            Some(DeValue::String(idea)) if !idea.trim().is_empty() => idea.to_string(),
            _ => return Err(wrong("`idea` must be there: one sentence in quotes.".into())),
        };
        Ok(Declaration {
            idea,
            adds: list("adds")?,
            cures: list("cures")?,
            opens: list("opens")?,
            refuses: list("refuses")?,
            remains: list("remains")?,
            broken: list("broken")?,
            reading_order: list("reading_order")?,
            removes: list("removes")?,
            budget: budget(table).map_err(wrong)?,
        })
    }
}

/// Refuses a key that means nothing here: it is most likely a slip.
fn known_keys(table: &DeTable, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
        Some(key) => Err(suggest::unknown("key", key.get_ref(), known)),
        None => Ok(()),
    }
}

/// The list of strings under `key`; an absent key is an empty list.
fn strings(table: &DeTable, key: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` must be a list of strings.");
    let Some(value) = table.get(key) else {
        return Ok(Vec::new());
    };
    let list = value.get_ref().as_array().ok_or_else(wrong)?;
    let string = |item: &DeValue| item.as_str().map(str::to_string).ok_or_else(wrong);
    list.iter().map(|item| string(item.get_ref())).collect()
}

/// The table `[budget]`, if it is there.
fn budget(table: &DeTable) -> Result<Option<Budget>, String> {
    let Some(value) = table.get("budget") else {
        return Ok(None);
    };
    let budget = value.get_ref().as_table().ok_or("`budget` must be a table: [budget].")?;
    known_keys(budget, &BUDGET_KEYS)?;
    let number = |key: &str| {
        let value = budget.get(key).and_then(|value| value.get_ref().as_integer());
        value
            .and_then(|number| number.as_str().parse::<usize>().ok())
            .ok_or_else(|| format!("`budget.{key}` must be there: a whole number of at least 0."))
    };
    Ok(Some(Budget {
        rust_added: number("rust_added")?,
        rust_removed: number("rust_removed")?,
        templates_added: number("templates_added")?,
        templates_removed: number("templates_removed")?,
        files: number("files")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Declaration::parse("rung.toml", text).expect_err(text).to_string()
    }

    #[test]
    fn a_full_declaration_is_read() {
        let text = r#"
            idea = "Commit first."
            cures = ["a"]
            reading_order = ["client/start.rs", "server/store.rs"]
            [budget]
            rust_added = 42
            rust_removed = 3
            templates_added = 1
            templates_removed = 0
            files = 9
        "#;
        let declaration = Declaration::parse("rung.toml", text).expect("good");
        assert_eq!(declaration.idea, "Commit first.");
        assert_eq!(declaration.cures, ["a"]);
        assert_eq!(declaration.reading_order.len(), 2);
        assert_eq!(declaration.budget.expect("budget").rust_added, 42);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            message("x = "),
            "rung.toml: line 1: string values must be quoted, expected literal string"
        );
        assert!(message("adds = []").contains("`idea` must be there"));
        assert!(
            message("idea = \"x\"\nidee = 1")
                .contains("There is no key `idee`. Did you mean idea?")
        );
        assert!(message("idea = \"x\"\ncures = [1]").contains("`cures` must be a list of strings"));
        assert!(
            message("idea = \"x\"\n[budget]\nfiles = -1")
                .contains("`budget.rust_added` must be there")
        );
        let negative = "idea = \"x\"\n[budget]\nrust_added = -1";
        assert!(message(negative).contains("`budget.rust_added` must be there"));
    }
}
