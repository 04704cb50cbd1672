//! What a break says about itself: one file in `scripts/breaks/`.

use std::fs;
use std::path::Path;

use toml::de::DeTable;
use toml::de::DeValue;

use crate::error::Error;
use crate::suggest;
use crate::versions::Version;
use crate::versions::Versions;

/// Where the breaks lie, below the workspace root.
pub const FOLDER: &str = "scripts/breaks";

const KEYS: [&str; 8] = [
    "guard", "lesson", "section", "since", "until", "builds", "turns", "change",
];

const CHANGE_KEYS: [&str; 3] = ["file", "find", "replace"];

/// One guard taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// What one types: the name of its file.
    pub name: String,
    /// What the guard protects, in one sentence.
    pub guard: String,
    /// What to take from it, in a sentence or two.
    pub lesson: String,
    /// Where the rule stands.
    pub section: String,
    /// The first version that has the guard: 2 for v02.
    pub since: u32,
    /// The last version that has it in this form; none for the newest.
    pub until: Option<u32>,
    /// The programs that the patch changes.
    pub builds: Vec<Side>,
    /// The checks (`R4.8 a wrong code_verifier`) and attacks (`attack code-replay`) that must turn.
    pub turns: Vec<String>,
    /// What the patch does.
    pub changes: Vec<Change>,
}

/// One place of a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file: below the version's folder, or `shared/…`.
    pub file: String,
    /// The text that stands there exactly once.
    pub find: String,
    /// What stands there afterwards.
    pub replace: String,
}

/// One of the two programs of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The authorization server.
    Server,
    /// The client.
    Client,
}

impl Side {
    /// The end of its binary's name, and its folder.
    pub fn name(self) -> &'static str {
        match self {
            Side::Server => "server",
            Side::Client => "client",
        }
    }
}

impl Break {
    /// Whether it belongs to a version of that number.
    pub fn fits(&self, number: u32) -> bool {
        self.since <= number && self.until.is_none_or(|last| number <= last)
    }

    /// The versions that it belongs to, in order.
    pub fn versions<'a>(&self, versions: &'a Versions) -> Vec<&'a Version> {
        versions.all.iter().filter(|version| self.fits(number(version))).collect()
    }

    /// `v02-v06`, or `v03` when it is one.
    pub fn range(&self, versions: &Versions) -> String {
        let fitting = self.versions(versions);
        match (fitting.first(), fitting.last()) {
            (Some(first), Some(last)) if first != last => format!("{}-{}", first.name, last.name),
            (Some(only), _) => only.name.clone(),
            (None, _) => "none".into(),
        }
    }

    /// Whether it changes what both versions and programs share.
    pub fn is_shared(&self) -> bool {
        self.changes.iter().any(|change| change.file.starts_with("shared/"))
    }

    /// Whether it changes a file that is read while the program runs, such as a template.
    pub fn is_read_at_run_time(&self) -> bool {
        self.changes.iter().any(|change| !change.file.ends_with(".rs"))
    }

    /// Reads the text of a break. `name` is the name of its file.
    ///
    /// # Errors
    /// It is no TOML, a key is unknown or missing, or a value has the wrong type.
    pub fn parse(name: &str, text: &str) -> Result<Break, Error> {
        parse(name, text).map_err(|what| Error::Content {
            place: format!("{FOLDER}/{name}.toml"),
            what,
        })
    }
}

/// All breaks, by name.
///
/// # Errors
/// The folder or a file cannot be read, or a file is no break.
pub fn all(root: &Path) -> Result<Vec<Break>, Error> {
    let folder = root.join(FOLDER);
    let entries = fs::read_dir(&folder).map_err(|error| Error::file("read", &folder, error))?;
    let mut breaks = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text =
                fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
            breaks.push(Break::parse(name, &text)?);
        }
    }
    breaks.sort_by(|a, b| (a.since, &a.name).cmp(&(b.since, &b.name)));
    Ok(breaks)
}

/// The break of that name.
///
/// # Errors
/// There is none; the error names the nearest.
pub fn find<'a>(breaks: &'a [Break], typed: &str) -> Result<&'a Break, Error> {
    breaks.iter().find(|known| known.name == typed).ok_or_else(|| {
        let meant = suggest::nearest(typed, breaks.iter().map(|known| known.name.as_str()));
        let meant = meant.map(|name| format!(" Did you mean {name}?")).unwrap_or_default();
        Error::request(format!(
            "There is no break `{typed}`.{meant}\n`cargo lab break` lists them all."
        ))
    })
}

/// The number of a version: 3 for `v03`.
pub fn number(version: &Version) -> u32 {
    version.name.trim_start_matches('v').parse().unwrap_or_default()
}

fn parse(name: &str, text: &str) -> Result<Break, String> {
    let document = DeTable::parse(text).map_err(|error| error.message().to_string())?;
    let table = document.get_ref();
    known_keys(table, &KEYS)?;
    let changes = table.get("change").and_then(|value| value.get_ref().as_array());
    let changes = changes.ok_or("`[[change]]` must be there, once for each place.")?;
    let changes: Vec<Change> =
        changes.iter().map(|item| change(item.get_ref())).collect::<Result<_, _>>()?;
    let turns = strings(table, "turns")?;
    if turns.is_empty() {
        return Err("`turns` must name at least one check or attack.".into());
    }
    let builds = match strings(table, "builds")?.as_slice() {
        [] => default_builds(&changes)?,
        sides => sides.iter().map(|side| named_side(side)).collect::<Result<_, _>>()?,
    };
    Ok(Break {
        name: name.into(),
        guard: string(table, "guard")?,
        lesson: string(table, "lesson")?,
        section: string(table, "section")?,
        since: version_number(table, "since")?.ok_or("`since` must be there: 2 for v02.")?,
        until: version_number(table, "until")?,
        builds,
        turns,
        changes,
    })
}

/// The programs that files of `server/` and `client/` belong to.
fn default_builds(changes: &[Change]) -> Result<Vec<Side>, String> {
    let mut sides = Vec::new();
    for change in changes {
        let side = change.file.split('/').next().unwrap_or_default();
        let side = named_side(side)
            .map_err(|_| format!("`builds` must say which programs {} changes.", change.file))?;
        if !sides.contains(&side) {
            sides.push(side);
        }
    }
    Ok(sides)
}

fn named_side(name: &str) -> Result<Side, String> {
    match name {
        "server" => Ok(Side::Server),
        "client" => Ok(Side::Client),
        _ => Err(format!("`builds` holds \"server\", \"client\" or both, not \"{name}\".")),
    }
}

fn change(value: &DeValue) -> Result<Change, String> {
    let table = value.as_table().ok_or("`[[change]]` must be a table.")?;
    known_keys(table, &CHANGE_KEYS)?;
    let find = string(table, "find")?;
    let replace = match table.get("replace").map(|value| value.get_ref()) {
        Some(DeValue::String(text)) => text.to_string(),
        _ => return Err("`replace` must be there: the text that comes in.".into()),
    };
    if find == replace {
        return Err("`find` and `replace` are the same.".into());
    }
    Ok(Change {
        file: string(table, "file")?,
        find,
        replace,
    })
}

/// Refuses a key that means nothing here: it is most likely a slip.
fn known_keys(table: &DeTable, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
        Some(key) => Err(suggest::unknown("key", key.get_ref(), known)),
        None => Ok(()),
    }
}

fn string(table: &DeTable, key: &str) -> Result<String, String> {
    match table.get(key).map(|value| value.get_ref()) {
        Some(DeValue::String(text)) if !text.trim().is_empty() => Ok(text.to_string()),
        _ => Err(format!("`{key}` must be there, in quotes.")),
    }
}

fn strings(table: &DeTable, key: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` must be a list of strings.");
    let Some(value) = table.get(key) else {
        return Ok(Vec::new());
    };
    let list = value.get_ref().as_array().ok_or_else(wrong)?;
    list.iter().map(|item| item.get_ref().as_str().map(str::to_string).ok_or_else(wrong)).collect()
}

fn version_number(table: &DeTable, key: &str) -> Result<Option<u32>, String> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    number.map(Some).ok_or_else(|| format!("`{key}` must be a number: 2 for v02."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        guard = "The client compares state."
        lesson = "Compare it."
        section = "RFC 6749 §10.12"
        since = 2
        turns = ["R2.5"]
        [[change]]
        file = "client/callback.rs"
        find = "a == b"
        replace = ""
    "#;

    #[test]
    fn a_break_is_read_and_knows_its_versions() {
        let found = Break::parse("no-state", GOOD).expect("good");
        assert_eq!((found.name.as_str(), found.since, found.until), ("no-state", 2, None));
        assert_eq!(found.builds, [Side::Client]);
        assert!(found.fits(2) && found.fits(6) && !found.fits(1));
        assert!(!found.is_shared() && !found.is_read_at_run_time());
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| Break::parse("x", text).expect_err(text).to_string();
        assert!(message("guard = ").starts_with("scripts/breaks/x.toml: "));
        assert!(message(&GOOD.replace("[\"R2.5\"]", "[]")).contains("`turns` must name"));
        assert!(message(&GOOD.replace("since = 2", "")).contains("`since` must be there"));
        assert!(message(&GOOD.replace("client/", "shared/web/")).contains("`builds` must say"));
        assert!(message(&GOOD.replace("lesson", "leson")).contains("Did you mean lesson?"));
        assert!(message(&GOOD.replace("\"a == b\"", "\"\"")).contains("`find` must be there"));
        assert!(message(&GOOD.replace("\"a == b\"", "\"x\"").replace("replace = \"\"", "replace = \"x\"")).contains("the same"));
    }
}
