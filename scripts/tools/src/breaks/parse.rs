//! Reads the file of a break.

use crate::breaks::declared::{Break, Change};
use lab::suggest;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 10] = [
    "guard",
    "lesson",
    "section",
    "since",
    "until",
    "builds",
    "turns",
    "change",
    "honest_flow_breaks",
    "first",
];

const CHANGE_KEYS: [&str; 3] = ["file", "find", "replace"];

/// Reads the text of a break. `name` is the name of its file.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn parse(name: &str, text: &str) -> Result<Break, String> {
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
        parts => parts.to_vec(),
    };
    Ok(Break {
        name: name.into(),
        guard: string(table, "guard")?,
        lesson: string(table, "lesson")?,
        section: string(table, "section")?,
        since: version_number(table, "since")?.ok_or("`since` must be there: 2 for v02.")?,
        until: version_number(table, "until")?,
        builds,
        honest_flow_breaks: boolean(table, "honest_flow_breaks")?,
        first: boolean(table, "first")?,
        turns,
        changes,
    })
}

/// The parts that files of `server/`, `client/` and the like belong to.
fn default_builds(changes: &[Change]) -> Result<Vec<String>, String> {
    let mut parts = Vec::new();
    for change in changes {
        let (part, _) = change.file.split_once('/').unwrap_or_default();
        if part.is_empty() || part == "shared" {
            return Err(format!("`builds` must say which programs {} changes.", change.file));
        }
        if !parts.iter().any(|known| known == part) {
            parts.push(part.to_string());
        }
    }
    Ok(parts)
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
    list.iter()
        .map(|item| item.get_ref().as_str().map(str::to_string).ok_or_else(wrong))
        .collect()
}

fn boolean(table: &DeTable, key: &str) -> Result<bool, String> {
    match table.get(key).map(|value| value.get_ref()) {
        None => Ok(false),
        Some(DeValue::Boolean(value)) => Ok(*value),
        Some(_) => Err(format!("`{key}` must be true or false.")),
    }
}

fn version_number(table: &DeTable, key: &str) -> Result<Option<u32>, String> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    number.map(Some).ok_or_else(|| format!("`{key}` must be a number: 2 for v02."))
}
