//! Equal values have equal names: `state-1` is the same state wherever you meet it.

use std::collections::HashMap;

use crate::note::Item;

/// The name of a value in one flow. Its kind has a shape and a colour, its number says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// What kind of value it is: `state`, `code`, `access-token`.
    pub kind: String,
    /// The first of its kind is 1.
    pub number: usize,
}

impl Mark {
    /// `state-1`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind, self.number)
    }

    /// Whether it travels from message to message. Others stay in one process: the key of a row, say.
    pub fn travels(&self) -> bool {
        TRAVELS.iter().any(|(_, kind)| *kind == self.kind)
    }
}

/// The parameters whose values are followed through the picture, and what such a value is called.
const TRAVELS: [(&str, &str); 8] = [
    ("state", "state"),
    ("ticket", "ticket"),
    ("code", "code"),
    ("code_challenge", "challenge"),
    ("code_verifier", "verifier"),
    ("access_token", "access-token"),
    ("refresh_token", "refresh-token"),
    ("Authorization", "access-token"),
];

/// The names of the values of one flow.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    by_print: HashMap<String, Mark>,
    counts: HashMap<String, usize>,
}

impl Marks {
    /// Names the value of a message by the name of its parameter, if it travels.
    pub(crate) fn learn_message(&mut self, item: &Item) {
        if let Some((_, kind)) = TRAVELS.iter().find(|(name, _)| *name == item.name) {
            self.learn(item, kind);
        }
    }

    /// Names whatever a row holds. Messages come first: `state-1` is better than `key-1`.
    pub(crate) fn learn_row(&mut self, row: &str, key: &Item, items: &[&Item]) {
        let kind = match row {
            "Tokens" => "login",
            "AccessToken" => "jti",
            "Grant" => "grant",
            _ => "key",
        };
        self.learn(key, kind);
        for item in items {
            let name = item.name.rsplit('.').next().unwrap_or_default();
            let known = TRAVELS.iter().find(|(parameter, _)| *parameter == name);
            let own = name.strip_suffix("_id").unwrap_or(name).replace('_', "-");
            self.learn(item, known.map_or(own.as_str(), |(_, kind)| kind));
        }
    }

    fn learn(&mut self, item: &Item, kind: &str) {
        let Some(print) = &item.print else { return };
        if !self.by_print.contains_key(print) {
            let count = self.counts.entry(kind.to_string()).or_default();
            *count += 1;
            let mark = Mark {
                kind: kind.to_string(),
                number: *count,
            };
            self.by_print.insert(print.clone(), mark);
        }
    }

    pub(crate) fn of(&self, item: &Item) -> Option<Mark> {
        self.by_print.get(item.print.as_ref()?).cloned()
    }
}
