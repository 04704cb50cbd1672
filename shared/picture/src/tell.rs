//! What happened, in words: one row of the picture for each message and each deed.

use std::collections::HashSet;

use crate::cast::Cast;
use crate::fold::Folded;
use crate::fold::VARIOUS;
use crate::glossary::explain;
use crate::marks::Mark;
use crate::marks::Marks;
use crate::note::Deed;
use crate::note::Item;
use crate::note::Note;
use crate::note::Verb;
use crate::order::Event;
use crate::terms;

/// One row of the picture.
#[derive(Debug)]
pub struct Row {
    /// Stays the same when the picture grows.
    pub id: String,
    /// The number of the message; a deed has that of the message before it.
    pub number: usize,
    /// What kind of row it is.
    pub what: What,
    /// The lane that it starts from; for a deed, that of who does it.
    pub from: usize,
    /// The lane that it goes to; for a deed, that of where the row is kept.
    pub to: usize,
    /// Whether it goes through no browser.
    pub back: bool,
    /// How many it stands for, if for more than one.
    pub times: Option<usize>,
    /// What it is called: `Authorization request`, `stores`.
    pub term: String,
    /// What it is, on the wire or in the code: `GET /authorize`, `AuthorizationCode`.
    pub wire: String,
    /// What it is for, in one line. May be empty.
    pub why: &'static str,
    /// What comes with it: parameters, members, fields.
    pub told: Vec<Told>,
    /// Values that are followed through the picture, the ones to show in the diagram.
    pub marks: Vec<Mark>,
    /// Values that nobody has seen before this row.
    pub born: Vec<Mark>,
    /// Names of what has no mark, and for a deed what changed.
    pub more: Vec<String>,
    /// The answer of the row before sent the browser here.
    pub follows: bool,
    /// It went wrong: a status from 400 on, or no answer, or a row that is not there.
    pub bad: bool,
    /// Milliseconds since the flow began.
    pub after: u64,
}

/// What kind of row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A request.
    Ask,
    /// The answer to one.
    Answer,
    /// What a process did.
    Deed,
}

/// A name, its value as far as it may be shown, and what it is for.
#[derive(Clone, Debug)]
pub struct Told {
    /// The name of the parameter, header, member or field.
    pub name: String,
    /// The value, shortened if it is a secret.
    pub shown: String,
    /// The name of the value, if it is followed.
    pub mark: Option<Mark>,
    /// What it is for; empty if nobody knows.
    pub why: &'static str,
    /// Where it is specified; empty if it is the lab's own.
    pub section: &'static str,
}

impl Row {
    /// How many messages it stands for, as it is written behind its name: ` × 50`. Mostly nothing.
    pub(crate) fn count(&self) -> String {
        self.times.map(|times| format!(" × {times}")).unwrap_or_default()
    }
}

impl Told {
    /// The name of the value, or what may be shown of it.
    fn brief(&self) -> String {
        self.mark.as_ref().map_or(self.shown.clone(), Mark::name)
    }
}

/// The rows of these events.
pub(crate) fn rows(folded: &Folded, events: &[Event], cast: &Cast) -> Vec<Row> {
    let (notes, follows) = (&folded.notes, &folded.follows);
    let marks = name_all(notes, events);
    let mut teller = Teller {
        notes,
        cast,
        marks,
        seen: HashSet::new(),
        start: events.first().map_or(0, |event| at(notes, *event)),
        number: 0,
    };
    let mut rows: Vec<Row> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let mut row = match *event {
            Event::Ask(note) => teller.ask(note),
            Event::Answer(note) => teller.answer(note),
            Event::Deed(note, nth) => teller.deed(note, nth),
        };
        if let Event::Ask(note) | Event::Answer(note) = *event {
            row.times = folded.times[note];
        }
        row.after = at(notes, *event).saturating_sub(teller.start) / 1000;
        if let (Event::Ask(second), Some(Event::Answer(first))) =
            (*event, index.checked_sub(1).map(|before| events[before]))
        {
            row.follows = follows.contains(&(first, second));
        }
        rows.push(row);
    }
    rows
}

fn at(notes: &[Note], event: Event) -> u64 {
    match event {
        Event::Ask(note) => notes[note].at,
        Event::Deed(note, nth) => notes[note].deeds[nth].at,
        Event::Answer(note) => notes[note].answer.as_ref().map_or(0, |answer| answer.at),
    }
}

/// Names every value, those of messages first. A verifier is born in a row, and has the number of its challenge.
fn name_all(notes: &[Note], events: &[Event]) -> Marks {
    let mut marks = Marks::default();
    for event in events {
        let items = match *event {
            Event::Ask(note) => notes[note].items.as_slice(),
            Event::Answer(note) => {
                notes[note].answer.as_ref().map_or(&[][..], |answer| &answer.items)
            }
            Event::Deed(note, nth) => {
                let items = notes[note].deeds[nth].items.iter();
                items
                    .filter(|item| item.name == "code_verifier")
                    .for_each(|item| marks.learn_message(item));
                continue;
            }
        };
        items.iter().for_each(|item| marks.learn_message(item));
    }
    for event in events {
        if let Event::Deed(note, nth) = *event {
            let deed = &notes[note].deeds[nth];
            let before = deed.changes.iter().map(|change| &change.before);
            let fields: Vec<&Item> = before.chain(&deed.items).collect();
            marks.learn_row(&deed.row, &deed.key, &fields);
        }
    }
    marks
}

/// What a note shows of a field that holds nothing.
const NOT_SET: &str = "not set";

struct Teller<'a> {
    notes: &'a [Note],
    cast: &'a Cast,
    marks: Marks,
    seen: HashSet<Mark>,
    start: u64,
    number: usize,
}

impl Teller<'_> {
    fn ask(&mut self, index: usize) -> Row {
        let note = &self.notes[index];
        self.number += 1;
        let (term, why) = terms::ask(note);
        let row = Row {
            what: What::Ask,
            from: self.cast.lane(&note.from),
            to: self.cast.lane(&note.to),
            back: note.back,
            wire: format!("{} {}", note.method, note.path),
            ..self.row(note, "ask", term, why)
        };
        self.with_items(row, &note.items)
    }

    fn answer(&mut self, index: usize) -> Row {
        let note = &self.notes[index];
        let Some(answer) = &note.answer else {
            return self.ask(index);
        };
        self.number += 1;
        let (term, why) = terms::answer(note, answer);
        let mut wire = match answer.status {
            0 => answer.phrase.clone(),
            status => format!("{status} {}", answer.phrase),
        };
        if let Some(target) = &answer.target {
            let part = target.part.as_deref().map(|part| self.cast.lane(part));
            let whose = part.map(|lane| format!(" ({})", self.cast.name(lane).to_lowercase()));
            wire = format!("{} → {}{}", answer.status, target.path, whose.unwrap_or_default());
        }
        let row = Row {
            what: What::Answer,
            from: self.cast.lane(&note.to),
            to: self.cast.lane(&note.from),
            back: note.back,
            bad: answer.status == 0 || answer.status >= 400,
            wire,
            ..self.row(note, "answer", term, why)
        };
        let mut row = self.with_items(row, &answer.items);
        if let Some(reason) = &answer.reason {
            row.more.insert(0, reason.clone());
        }
        row
    }

    fn deed(&mut self, index: usize, nth: usize) -> Row {
        let note = &self.notes[index];
        let deed = &note.deeds[nth];
        let (term, why) = terms::deed(deed.verb);
        let mut row = Row {
            what: What::Deed,
            from: self.cast.lane(&note.by),
            to: self.cast.lane_of_rows(&note.by),
            wire: deed.row.clone(),
            bad: deed.verb == Verb::Miss,
            ..self.row(note, &format!("deed{nth}"), term, why)
        };
        self.tell_deed(&mut row, deed);
        if deed.verb == Verb::Find {
            row.more.extend(self.lock_and_key(note, &row.marks));
        }
        row
    }

    /// What has to fit when a code with a lock is asked for with a key (RFC 7636 §4.6).
    fn lock_and_key(&self, note: &Note, marks: &[Mark]) -> Option<String> {
        let lock = marks.iter().find(|mark| mark.kind == "challenge")?;
        let key = note.items.iter().filter(|item| item.name == "code_verifier");
        let key = key.filter_map(|item| self.marks.of(item)).next()?;
        Some(format!("SHA-256({}) must be {}", key.name(), lock.name()))
    }

    fn tell_deed(&mut self, row: &mut Row, deed: &Deed) {
        let mut key = self.told(&deed.key);
        key.why = "the key of the row: what it is looked up by";
        key.section = "";
        self.show(row, key.mark.clone());
        if !key.shown.is_empty() || key.mark.is_some() {
            row.told.push(key);
        }
        for change in &deed.changes {
            let told = self.told(&change.item);
            let before = self.told(&change.before);
            row.more.extend(changed(&told.name, &before.brief(), &told.brief()));
            self.show(row, told.mark.clone().filter(Mark::travels));
        }
        for item in &deed.items {
            let told = self.told(item);
            // What a new row remembers, and what a row that was found can be compared with.
            if matches!(deed.verb, Verb::Store | Verb::Find | Verb::Change) {
                self.show(row, told.mark.clone().filter(Mark::travels));
            }
            row.told.push(told);
        }
    }

    fn row(&self, note: &Note, kind: &str, term: &str, why: &'static str) -> Row {
        Row {
            id: format!("{}-{}-{kind}", note.by, note.number),
            number: self.number,
            what: What::Ask,
            from: 0,
            to: 0,
            back: false,
            times: None,
            term: term.into(),
            wire: String::new(),
            why,
            told: Vec::new(),
            marks: Vec::new(),
            born: Vec::new(),
            more: Vec::new(),
            follows: false,
            bad: false,
            after: 0,
        }
    }

    fn with_items(&mut self, mut row: Row, items: &[Item]) -> Row {
        for item in items {
            let told = self.told(item);
            match told.mark.clone() {
                Some(mark) => self.show(&mut row, Some(mark)),
                None => row.more.push(brief(&told)),
            }
            row.told.push(told);
        }
        row
    }

    fn show(&mut self, row: &mut Row, mark: Option<Mark>) {
        if let Some(mark) = mark.filter(|mark| !row.marks.contains(mark)) {
            if self.seen.insert(mark.clone()) {
                row.born.push(mark.clone());
            }
            row.marks.push(mark);
        }
    }

    fn told(&self, item: &Item) -> Told {
        let (why, section) = explain(&item.name);
        Told {
            name: item.name.clone(),
            shown: item.shown.clone(),
            mark: self.marks.of(item),
            why,
            section,
        }
    }
}

/// What changed. Of a moment it matters that it came, not when: whether it moved, its second decides.
fn changed(name: &str, before: &str, after: &str) -> Option<String> {
    match name.ends_with("_at") || name.ends_with("_until") {
        true => (before == NOT_SET).then(|| format!("{name}: now")),
        false => Some(format!("{name}: {before} → {after}")),
    }
}

/// What says something by its value is shown with it, everything else by its name.
fn brief(told: &Told) -> String {
    const BY_VALUE: [&str; 6] = [
        "response_type",
        "grant_type",
        "error",
        "code_challenge_method",
        "username",
        "Authorization",
    ];
    match BY_VALUE.contains(&&*told.name) {
        _ if told.shown == VARIOUS => format!("{} ({VARIOUS})", told.name),
        true if told.name == "Authorization" => told.shown.clone(),
        true => format!("{}={}", told.name, told.shown),
        false => told.name.clone(),
    }
}
