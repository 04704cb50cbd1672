//! The tables of a process, as `/debug/state` shows them.

use minijinja::Value as Context;
use minijinja::context;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use store::Table;

/// So many rows of a table are shown. With a million rows the page must stay one that a person can read.
pub const NEWEST: usize = 100;

/// What a process remembers, table by table. Rows are shown in full, secrets too: that is what the page is for.
#[derive(Debug, Default)]
pub struct Storage {
    tables: Vec<Shown>,
}

#[derive(Debug)]
struct Shown {
    name: &'static str,
    /// The newest first.
    rows: Map<String, Value>,
    /// How many rows the table holds, the ones that are not shown included.
    count: usize,
    /// Whether the process had these from the start.
    seed: bool,
}

impl Storage {
    /// Nothing yet.
    pub fn new() -> Storage {
        Storage::default()
    }

    /// Adds a table: its newest 100 rows, and how many it holds.
    pub fn table<V>(self, name: &'static str, table: &Table<V>) -> Storage
    where
        V: Clone + Send + Serialize + 'static,
    {
        self.table_with(name, table, |_, _| {})
    }

    /// Adds a table like [`Storage::table`]. `add` may add to each row what follows from it.
    pub fn table_with<V>(
        self,
        name: &'static str,
        table: &Table<V>,
        add: impl Fn(&V, &mut Value),
    ) -> Storage
    where
        V: Clone + Send + Serialize + 'static,
    {
        let rows = table.newest(NEWEST).into_iter().map(|(key, row)| {
            let mut shown = to_json(&row);
            add(&row, &mut shown);
            (key, shown)
        });
        let rows: Map<_, _> = rows.collect();
        self.rows(name, (rows, table.len()))
    }

    /// Adds a table that is not in this process: its newest rows, the newest first, and how many it holds.
    pub fn rows(self, name: &'static str, shown: (Map<String, Value>, usize)) -> Storage {
        let (rows, count) = shown;
        self.with(Shown {
            name,
            // A row may have come or expired since they were counted.
            count: count.max(rows.len()),
            rows,
            seed: false,
        })
    }

    /// Adds what the process had from the start: a map by key. It never changes, so the page shows it last.
    pub fn seed(self, name: &'static str, rows: &impl Serialize) -> Storage {
        let mut rows = match to_json(rows) {
            Value::Object(rows) => rows,
            _ => Map::new(),
        };
        // The order of a hash map is another one at each start.
        rows.sort_keys();
        let count = rows.len();
        self.with(Shown {
            name,
            rows,
            count,
            seed: true,
        })
    }

    fn with(mut self, shown: Shown) -> Storage {
        self.tables.push(shown);
        self
    }

    /// `storage` and `counts`, both by the name of the table.
    pub(super) fn into_json(self) -> (Map<String, Value>, Map<String, Value>) {
        let counts = self.tables.iter().map(|table| (table.name.into(), table.count.into()));
        let counts = counts.collect();
        let tables = self.tables.into_iter().map(|table| (table.name.into(), table.rows.into()));
        (tables.collect(), counts)
    }

    /// The tables for the page, those that hold something first, and what was there from the start.
    pub(super) fn into_tables(mut self) -> (Vec<Context>, Vec<Context>) {
        self.tables.sort_by_key(|table| table.rows.is_empty());
        let (seeds, tables): (Vec<_>, Vec<_>) = self.tables.iter().partition(|table| table.seed);
        let drawn = |tables: Vec<&Shown>| tables.into_iter().map(Shown::for_page).collect();
        (drawn(tables), drawn(seeds))
    }
}

impl Shown {
    fn for_page(&self) -> Context {
        let rows: Vec<_> =
            self.rows.iter().map(|(key, row)| context! { key, fields => fields(row) }).collect();
        let count = match self.count {
            0 => "empty".to_string(),
            1 => "1 row".to_string(),
            all if all > self.rows.len() => {
                format!("newest {} of {}", self.rows.len(), grouped(all))
            }
            all => format!("{} rows", grouped(all)),
        };
        context! { name => self.name, count, rows }
    }
}

/// The members of an object for the page, each value as text.
pub(super) fn fields(object: &Value) -> Vec<Context> {
    let members = object.as_object().into_iter().flatten();
    let fields = members.map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(_) | Value::Object(_) => format!("{value:#}"),
            other => other.to_string(),
        };
        context! { name, value => text, set => !value.is_null() }
    });
    fields.collect()
}

/// A row that cannot be written as JSON is a mistake of ours; the page shows the others all the same.
fn to_json(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

/// `10,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::HashMap;
    use std::time::Duration;
    use std::time::SystemTime;

    fn storage(rows: usize) -> Storage {
        let table = Table::new(1_000_000);
        let later = SystemTime::now() + Duration::from_secs(600);
        (0..rows).for_each(|n| table.insert(&format!("key{n}"), json!({ "n": n }), later));
        let users = HashMap::from([
            ("user1", json!({})),
            ("user0", json!({})),
        ]);
        Storage::new().seed("users", &users).table_with("codes", &table, |row, shown| {
            shown["half"] = json!(row["n"].as_u64().unwrap_or_default() / 2);
        })
    }

    #[test]
    fn the_newest_rows_come_first_beside_the_count_of_all() {
        let (tables, counts) = storage(250).into_json();
        assert_eq!(json!(counts), json!({ "users": 2, "codes": 250 }));
        let codes = tables["codes"].as_object().unwrap();
        assert_eq!(codes.len(), NEWEST);
        assert_eq!(
            codes.iter().next(),
            Some((&"key249".to_string(), &json!({ "n": 249, "half": 124 })))
        );
        let users: Vec<_> = tables["users"].as_object().unwrap().keys().collect();
        assert_eq!(users, ["user0", "user1"]);
    }

    #[test]
    fn the_page_shows_the_seed_last_and_counts_in_words() {
        let count = |rows| {
            let (tables, seeds) = storage(rows).into_tables();
            assert_eq!((tables.len(), seeds.len()), (1, 1));
            tables[0].get_attr("count").unwrap().to_string()
        };
        assert_eq!(count(0), "empty");
        assert_eq!(count(1), "1 row");
        assert_eq!(count(100), "100 rows");
        assert_eq!(count(1250), "newest 100 of 1,250");
    }

    #[test]
    fn a_large_table_costs_no_more_than_a_small_one() {
        let table = Table::new(1_000_000);
        let later = SystemTime::now() + Duration::from_secs(600);
        (0..200_000).for_each(|n| table.insert(&n.to_string(), 0, later));
        let start = std::time::Instant::now();
        let (rows, _) = Storage::new().table("codes", &table).into_json();
        assert!(rows["codes"].as_object().is_some_and(|rows| rows.len() == NEWEST));
        assert!(start.elapsed() < Duration::from_millis(50), "{:?}", start.elapsed());
    }

    #[test]
    fn numbers_are_grouped() {
        let grouped: Vec<_> = [0, 999, 1000, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(grouped, ["0", "999", "1,000", "1,234,567"]);
    }
}
