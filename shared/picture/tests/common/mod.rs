//! Notes as the processes write them, in a few words.
#![allow(dead_code)]

use picture::Answer;
use picture::Cast;
use picture::Deed;
use picture::Flow;
use picture::Flows;
use picture::Item;
use picture::Note;
use picture::Notes;
use picture::Target;
use picture::Verb;
use picture::flows;
use picture::print;
use picture::text;

/// A value that travels.
pub fn item(name: &str, value: &str) -> Item {
    Item {
        name: name.into(),
        shown: format!("{}…", &value[..value.len().min(2)]),
        print: Some(print(value)),
    }
}

/// A value that is shown as it is.
pub fn plain(name: &str, shown: &str) -> Item {
    Item {
        name: name.into(),
        shown: shown.into(),
        print: None,
    }
}

/// A request of the browser to a part that noted it, at this microsecond.
pub fn ask(part: &str, at: u64, line: &str) -> Note {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    Note {
        by: part.into(),
        number: at,
        from: "browser".into(),
        to: part.into(),
        at,
        method: method.into(),
        path: path.into(),
        ..Note::default()
    }
}

/// A call of the client at the server, noted by `by`.
pub fn call(by: &str, at: u64, line: &str) -> Note {
    Note {
        by: by.into(),
        from: "client".into(),
        back: true,
        ..ask("server", at, line)
    }
}

/// The note with one thing changed.
pub fn changed(note: &Note, change: impl FnOnce(&mut Note)) -> Note {
    let mut note = note.clone();
    change(&mut note);
    note
}

/// What is said of a note, one after the other.
pub trait Said: Sized {
    /// It belongs to this flow of its own part.
    fn of(self, flow: u64) -> Self;
    /// It carries this.
    fn with(self, item: Item) -> Self;
    /// It is answered.
    fn answered(self, at: u64, status: u16, items: &[Item]) -> Self;
    /// It is answered by a redirect to a part.
    fn sent_to(self, at: u64, part: &str, path: &str, items: &[Item]) -> Self;
    /// Its part does this with one of its rows.
    fn does(self, at: u64, verb: Verb, row: &str, key: &str, items: &[Item]) -> Self;
}

impl Said for Note {
    fn of(mut self, flow: u64) -> Note {
        self.flow = Some(flow);
        self
    }

    fn with(mut self, item: Item) -> Note {
        self.items.push(item);
        self
    }

    fn answered(mut self, at: u64, status: u16, items: &[Item]) -> Note {
        self.answer = Some(Answer {
            at,
            status,
            phrase: "Said".into(),
            items: items.to_vec(),
            ..Answer::default()
        });
        self
    }

    fn sent_to(self, at: u64, part: &str, path: &str, items: &[Item]) -> Note {
        let mut note = self.answered(at, 303, items);
        let target = Target {
            part: Some(part.into()),
            path: path.into(),
        };
        if let Some(answer) = &mut note.answer {
            answer.target = Some(target);
        }
        note
    }

    fn does(mut self, at: u64, verb: Verb, row: &str, key: &str, items: &[Item]) -> Note {
        self.deeds.push(Deed {
            at,
            verb,
            row: row.into(),
            key: item("", key),
            items: items.to_vec(),
            changes: Vec::new(),
        });
        self
    }
}

/// What these parts have told.
pub fn told(notes: &[Note]) -> Vec<Notes> {
    ["client", "server"]
        .map(|part| Notes {
            part: part.into(),
            notes: notes.iter().filter(|note| note.by == part).cloned().collect(),
            ..Notes::default()
        })
        .to_vec()
}

/// The flows of these notes.
pub fn merged(notes: &[Note]) -> Flows {
    flows(told(notes), &Cast::pair())
}

/// The one flow of these notes.
pub fn flow(notes: &[Note]) -> Flow {
    let mut merged = merged(notes);
    assert_eq!((merged.flows.len(), merged.others.is_none()), (1, true), "{}", all(&merged));
    merged.flows.remove(0)
}

/// The rows in brief: `GET /start`, `303 → /login (client)`, `AuthorizationCode`.
pub fn wires(flow: &Flow) -> Vec<&str> {
    flow.rows.iter().map(|row| &*row.wire).collect()
}

/// Everything as text.
pub fn all(flows: &Flows) -> String {
    let every = flows.flows.iter().chain(&flows.others);
    every.map(|flow| text(flow, &Cast::pair())).collect::<Vec<_>>().join("\n")
}
