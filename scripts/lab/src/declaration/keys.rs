//! Reading values out of a table of TOML, with a sentence for each that is not as it must be.

use crate::suggest;
use toml::de::DeTable;

/// Refuses a key that means nothing here: it is most likely a slip.
pub fn known(table: &DeTable, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
        Some(key) => Err(suggest::unknown("key", key.get_ref(), known)),
        None => Ok(()),
    }
}

/// The sentence under `key`, which must be there.
pub fn sentence(table: &DeTable, key: &str) -> Result<String, String> {
    let value = table.get(key).and_then(|value| value.get_ref().as_str());
    match value.map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.into()),
        _ => Err(format!("`{key}` must be there: one sentence in quotes.")),
    }
}

/// The list of strings under `key`; an absent key is an empty list.
pub fn strings(table: &DeTable, key: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` must be a list of strings.");
    let Some(value) = table.get(key) else {
        return Ok(Vec::new());
    };
    let list = value.get_ref().as_array().ok_or_else(wrong)?;
    list.iter()
        .map(|item| item.get_ref().as_str().map(str::to_string).ok_or_else(wrong))
        .collect()
}

/// The tables in the list under `key`; an absent key is an empty list.
pub fn tables<'a>(table: &'a DeTable, key: &str) -> Result<Vec<&'a DeTable<'a>>, String> {
    let wrong = || format!("`{key}` must be a list of tables.");
    let Some(value) = table.get(key) else {
        return Ok(Vec::new());
    };
    let list = value.get_ref().as_array().ok_or_else(wrong)?;
    list.iter().map(|item| item.get_ref().as_table().ok_or_else(wrong)).collect()
}

/// The whole number under `key`, if the key is there.
pub fn number(table: &DeTable, key: &str) -> Result<Option<usize>, String> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    number.map(Some).ok_or_else(|| format!("`{key}` must be a whole number of at least 0."))
}
