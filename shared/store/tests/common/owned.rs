//! Tables whose rows belong to letters.
#![allow(dead_code)]

use store::Table;

use super::later;

/// A row that somebody owns.
#[derive(Clone, serde::Serialize)]
pub struct Row {
    /// Who owns it.
    pub owner: String,
}

/// A table with one row for each letter, owned by that letter. The keys are `a1`, `a2`, `b1` and so on.
pub fn table(max_rows: usize, owners: &str) -> Table<Row> {
    let table = Table::fair(max_rows, |row: &Row| &row.owner);
    owners.chars().for_each(|owner| insert(&table, owner));
    table
}

/// Inserts the next row of this owner.
pub fn insert(table: &Table<Row>, owner: char) {
    let owner = owner.to_string();
    let newest = table.newest(usize::MAX).into_iter().find(|(key, _)| key.starts_with(&owner));
    let number = newest.map_or(0, |(key, _)| key[1..].parse::<u32>().unwrap());
    table.insert(&format!("{owner}{}", number + 1), Row { owner }, later());
}

/// All keys, oldest first.
pub fn keys(table: &Table<Row>) -> String {
    let oldest_first = table.newest(usize::MAX).into_iter().rev();
    oldest_first.map(|(key, _)| key).collect::<Vec<_>>().join(" ")
}
