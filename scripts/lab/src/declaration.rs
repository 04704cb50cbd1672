//! What a version says about itself: the file `rung.toml` in its folder.
//!
//! The listing of `cargo lab`, the generated parts of the READMEs, the reading order and the budget of each
//! step come from here, so that no two places can disagree.

mod keys;
mod parts;

use crate::error::Error;
use toml::de::DeTable;

pub use self::parts::Part;
pub use self::parts::Told;

/// What a version declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declaration {
    /// The one idea that it adds, in one sentence.
    pub idea: String,
    /// What one finds here that the version before did not have: routes, parameters, records.
    pub adds: Vec<String>,
    /// What a server or client can do from here on, by name.
    pub brings: Vec<String>,
    /// Attacks that succeed on the version before and fail here.
    pub cures: Vec<String>,
    /// What is still broken, in sentences.
    pub broken: Vec<String>,
    /// Files and items (functions, types) of the version before that this one takes away on purpose.
    pub removes: Vec<String>,
    /// How large the step from the version before may be. The first version has none.
    pub budget: Option<Budget>,
    /// The parts in which the step is told, in reading order.
    pub parts: Vec<Part>,
}

/// The most that a step may change, in lines of code: no comments, no blank lines, no `use`, no unit tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Lines added.
    pub added: usize,
    /// Lines that were there and are not any more, changed ones included.
    pub removed: usize,
}

const KEYS: [&str; 9] = [
    "idea",
    "adds",
    "brings",
    "requirements",
    "cures",
    "broken",
    "removes",
    "budget",
    "part",
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
        keys::known(table, &KEYS).map_err(&wrong)?;
        let list = |key: &str| keys::strings(table, key).map_err(&wrong);
        Ok(Declaration {
            idea: keys::sentence(table, "idea").map_err(&wrong)?,
            adds: list("adds")?,
            brings: list("brings")?,
            cures: list("cures")?,
            broken: list("broken")?,
            removes: list("removes")?,
            budget: budget(table).map_err(&wrong)?,
            parts: parts::parse(table).map_err(wrong)?,
        })
    }
}

/// The table `[budget]`, if it is there.
fn budget(table: &DeTable) -> Result<Option<Budget>, String> {
    let Some(value) = table.get("budget") else {
        return Ok(None);
    };
    let budget = value.get_ref().as_table().ok_or("`budget` must be a table: [budget].")?;
    keys::known(budget, &["added", "removed"])?;
    let number = |key: &str| {
        let missing = || format!("`budget.{key}` must be there: a whole number of at least 0.");
        keys::number(budget, key)?.ok_or_else(missing)
    };
    Ok(Some(Budget {
        added: number("added")?,
        removed: number("removed")?,
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
            brings = ["b"]
            cures = ["a"]
            [budget]
            added = 42
            removed = 3
            [[part]]
            title = "The hash travels"
            sentence = "The secret stays."
            budget = 30
            files = [ { path = "client/start.rs", says = "the hash" }, { path = "server/store.rs", says = "its place" } ]
        "#;
        let declaration = Declaration::parse("rung.toml", text).expect("good");
        assert_eq!(declaration.idea, "Commit first.");
        assert_eq!(declaration.brings, ["b"]);
        assert_eq!(declaration.cures, ["a"]);
        assert_eq!(declaration.budget.expect("budget").added, 42);
        let [part] = declaration.parts.as_slice() else {
            panic!("one part: {declaration:?}");
        };
        assert_eq!((part.title.as_str(), part.budget), ("The hash travels", Some(30)));
        assert_eq!(part.files[1].says, "its place");
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            message("x = "),
            "rung.toml: line 1: string values must be quoted, expected literal string"
        );
        for (text, wanted) in [
            ("adds = []", "`idea` must be there"),
            ("idea = \"x\"\nidee = 1", "There is no key `idee`. Did you mean idea?"),
            ("idea = \"x\"\ncures = [1]", "`cures` must be a list of strings"),
            ("idea = \"x\"\n[budget]\nremoved = 1", "`budget.added` must be there"),
            ("idea = \"x\"\n[budget]\nadded = -1", "`added` must be a whole number"),
            ("idea = \"x\"\npart = 1", "`part` must be a list of tables"),
            ("idea = \"x\"\n[[part]]\ntitle = \" \"", "[[part]] 1: `title` must be there"),
            (
                "idea = \"x\"\n[[part]]\ntitle = \"x\"\nsentence = \"x\"\nfiles = [{ path = \"x\" }]",
                "[[part]] 1: `says` must be there",
            ),
        ] {
            assert!(message(text).contains(wanted), "{text}: {}", message(text));
        }
    }
}
