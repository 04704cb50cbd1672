//! What a body says, in a few words.

use crate::tell::text::{cut, shorten};
use kit::Answer;
use kit::html::text;
use serde_json::{Map, Value};

/// What a body says, in a few words: the heading of a page, JSON without long strings.
pub fn content(answer: &Answer) -> String {
    // The challenge, a line below, says the same.
    if answer.header("www-authenticate").is_some_and(|challenge| challenge.contains("error=")) {
        return String::new();
    }
    if let Some(json) = answer.json().filter(|json| json.is_object()) {
        return match json["storage"].as_object() {
            Some(tables) => everything(tables),
            None => cut(&spaced(&json), 300),
        };
    }
    let heading = answer.body.split_once("<h1").and_then(|(_, rest)| rest.split_once("</h1>"));
    match heading.and_then(|(heading, _)| heading.split_once('>')) {
        Some((_, heading)) => format!("\"{}\"", cut(&text(heading), 160)),
        None => cut(answer.body.lines().next().unwrap_or_default(), 80),
    }
}

/// What a process stores, by the names of its tables.
fn everything(tables: &Map<String, Value>) -> String {
    let rows = |table: &Value| table.as_object().map_or(0, Map::len);
    let names: Vec<String> =
        tables.iter().map(|(name, table)| format!("{name} ({})", rows(table))).collect();
    match names.is_empty() {
        true => "all that it stores: nothing".to_owned(),
        false => format!("all that it stores: {}", names.join(", ")),
    }
}

/// JSON with spaces, so that its lines can break, and with long strings shortened.
fn spaced(json: &Value) -> String {
    match json {
        Value::String(text) => Value::from(shorten(text)).to_string(),
        Value::Object(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(name, value)| format!("\"{name}\": {}", spaced(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}
