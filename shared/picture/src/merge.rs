//! Which notes belong together: the notes of all parts become flows.

use std::collections::HashMap;

use crate::cast::Cast;
use crate::fold::fold;
use crate::note::Answer;
use crate::note::Note;
use crate::note::Notes;
use crate::note::Target;
use crate::order::order;
use crate::tell;
use crate::tell::Row;
use crate::tell::What;

/// How far the clocks of two parts may be apart, in microseconds.
const SLACK: u64 = 50_000;

/// How long after a redirect its request still counts as following it, in microseconds.
const FOLLOWS_WITHIN: u64 = 60_000_000;

/// The names of values of which each is made once: two messages with the same one belong together.
const BINDS: [&str; 4] = [
    "code",
    "access_token",
    "refresh_token",
    "Authorization",
];

/// All flows, the oldest first.
#[derive(Debug, Default)]
pub struct Flows {
    /// Each login from its beginning, and what was done with it afterwards.
    pub flows: Vec<Flow>,
    /// Messages that belong to none: home pages, mostly.
    pub others: Option<Flow>,
    /// How many messages were not noted.
    pub dropped: u64,
}

/// Messages that belong together, in their order.
#[derive(Debug)]
pub struct Flow {
    /// The oldest flow is 1.
    pub number: usize,
    /// Its number in the log of each part.
    pub logs: Vec<(String, u64)>,
    /// When it began, in microseconds since 1970.
    pub at: u64,
    /// What happened, in order.
    pub rows: Vec<Row>,
}

impl Flow {
    /// How many messages there were, however few are drawn.
    pub fn messages(&self) -> usize {
        let messages = self.rows.iter().filter(|row| row.what != What::Deed);
        messages.map(|row| row.times.unwrap_or(1)).sum()
    }
}

/// All notes as one flow, in the order of time: a story in which several flows meet, an attack perhaps.
pub fn together(told: Vec<Notes>, cast: &Cast) -> Flow {
    let mut notes: Vec<Note> = told.into_iter().flat_map(|notes| notes.notes).collect();
    notes.sort_by(|a, b| (a.at, &a.by, a.number).cmp(&(b.at, &b.by, b.number)));
    let mut groups = Groups::new(&notes);
    let gone = groups.both_ends(&mut notes);
    // A story goes faster than the slack is long: what came before a redirect cannot follow it.
    let follows = groups.redirects(&notes, &gone, 0);
    let indexes: Vec<usize> = (0..notes.len()).filter(|index| !gone[*index]).collect();
    tell(1, &notes, &indexes, &follows, cast)
}

/// Puts the notes of all parts together.
pub fn flows(told: Vec<Notes>, cast: &Cast) -> Flows {
    let dropped = told.iter().map(|notes| notes.dropped).sum();
    let mut notes: Vec<Note> = told.into_iter().flat_map(|notes| notes.notes).collect();
    notes.sort_by(|a, b| (a.at, &a.by, a.number).cmp(&(b.at, &b.by, b.number)));
    let mut groups = Groups::new(&notes);
    groups.by_log(&notes);
    // Both ends of the back channel noted the same call. The receiver knows more of it.
    let gone = groups.both_ends(&mut notes);
    let follows = groups.redirects(&notes, &gone, SLACK);
    groups.by_value(&notes);

    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut others = Vec::new();
    let mut roots = Vec::new();
    for index in (0..notes.len()).filter(|index| !gone[*index]) {
        let root = groups.root(index);
        if !groups.is_flow(root, &notes) {
            others.push(index);
            continue;
        }
        members.entry(root).or_insert_with(|| {
            roots.push(root);
            Vec::new()
        });
        members.entry(root).and_modify(|all| all.push(index));
    }
    let tell = |number: usize, indexes: &[usize]| tell(number, &notes, indexes, &follows, cast);
    Flows {
        flows: roots.iter().zip(1..).map(|(root, number)| tell(number, &members[root])).collect(),
        others: (!others.is_empty()).then(|| tell(0, &others)),
        dropped,
    }
}

fn tell(
    number: usize,
    notes: &[Note],
    indexes: &[usize],
    follows: &[(usize, usize)],
    cast: &Cast,
) -> Flow {
    let folded = fold(notes, indexes, follows);
    let events = order(&folded);
    Flow {
        number,
        logs: logs(notes, indexes),
        at: indexes.iter().map(|index| notes[*index].at).min().unwrap_or_default(),
        rows: tell::rows(&folded, &events, cast),
    }
}

fn logs(notes: &[Note], indexes: &[usize]) -> Vec<(String, u64)> {
    let mut logs = Vec::new();
    for index in indexes {
        let note = &notes[*index];
        if let Some(flow) = note.flow {
            let log = (note.by.clone(), flow);
            if !logs.contains(&log) {
                logs.push(log);
            }
        }
    }
    logs
}

/// Sets of notes that belong together: each points to another one of its set, or to itself.
struct Groups(Vec<usize>);

impl Groups {
    fn new(notes: &[Note]) -> Groups {
        Groups((0..notes.len()).collect())
    }

    fn root(&self, mut index: usize) -> usize {
        while self.0[index] != index {
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The oldest note stands for its set.
        self.0[a.max(b)] = a.min(b);
    }

    /// A set is a flow if one of its notes has the number of one.
    fn is_flow(&self, root: usize, notes: &[Note]) -> bool {
        (0..notes.len()).any(|index| notes[index].flow.is_some() && self.root(index) == root)
    }

    fn by_log(&mut self, notes: &[Note]) {
        let mut first: HashMap<(&str, u64), usize> = HashMap::new();
        for (index, note) in notes.iter().enumerate() {
            if let Some(flow) = note.flow {
                let first = *first.entry((&note.by, flow)).or_insert(index);
                self.join(first, index);
            }
        }
    }

    /// Joins the two notes of one back-channel call, and marks the sender's as superfluous.
    fn both_ends(&mut self, notes: &mut [Note]) -> Vec<bool> {
        let mut gone = vec![false; notes.len()];
        let mut taken = vec![false; notes.len()];
        for sent in 0..notes.len() {
            if !notes[sent].back || notes[sent].by != notes[sent].from || taken[sent] {
                continue;
            }
            let received = (0..notes.len()).find(|received| {
                *received != sent
                    && !taken[*received]
                    && is_same_call(&notes[sent], &notes[*received])
            });
            if let Some(received) = received {
                taken[received] = true;
                gone[sent] = true;
                self.join(sent, received);
                complete(notes, sent, received);
            }
        }
        gone
    }

    /// Joins a redirect with the request that it led to. Returns the pairs.
    fn redirects(&mut self, notes: &[Note], gone: &[bool], slack: u64) -> Vec<(usize, usize)> {
        let mut taken = vec![false; notes.len()];
        let mut pairs = Vec::new();
        for first in 0..notes.len() {
            let Some((answer, target)) = redirect(&notes[first]) else {
                continue;
            };
            let next = (0..notes.len()).find(|next| {
                !taken[*next]
                    && !gone[*next]
                    && notes[*next].at.saturating_add(slack) >= answer.at
                    && follows(answer, target, &notes[first], &notes[*next])
            });
            if let Some(next) = next {
                taken[next] = true;
                self.join(first, next);
                pairs.push((first, next));
            }
        }
        pairs
    }

    fn by_value(&mut self, notes: &[Note]) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, note) in notes.iter().enumerate() {
            let answered = note.answer.iter().flat_map(|answer| &answer.items);
            for item in note.items.iter().chain(answered) {
                if let (true, Some(print)) = (BINDS.contains(&&*item.name), &item.print) {
                    let first = *first.entry(print).or_insert(index);
                    self.join(first, index);
                }
            }
        }
    }
}

fn is_same_call(sent: &Note, received: &Note) -> bool {
    let end = sent.answer.as_ref().map_or(u64::MAX, |answer| answer.at);
    received.back
        && received.by == received.to
        && received.to == sent.to
        && received.method == sent.method
        && received.path == sent.path
        && received.at.saturating_add(SLACK) >= sent.at
        && received.at <= end.saturating_add(SLACK)
        && prints(&received.items) == prints(&sent.items)
}

fn prints(items: &[crate::note::Item]) -> Vec<(&str, &str)> {
    let prints = items.iter().filter_map(|item| Some((&*item.name, item.print.as_deref()?)));
    let mut prints: Vec<_> = prints.collect();
    prints.sort_unstable();
    prints
}

/// The receiver's note takes over what only the sender knows, and stays within the time of the call.
fn complete(notes: &mut [Note], sent: usize, received: usize) {
    let call = notes[sent].clone();
    let note = &mut notes[received];
    note.at = note.at.max(call.at);
    note.deeds.splice(0..0, call.deeds);
    match (&mut note.answer, call.answer) {
        (Some(ours), Some(theirs)) if ours.at > theirs.at => ours.at = theirs.at,
        (none @ None, theirs) => *none = theirs,
        _ => {}
    }
    note.flow = note.flow.or(call.flow.filter(|_| note.by == call.by));
}

fn redirect(note: &Note) -> Option<(&Answer, &Target)> {
    let answer = note.answer.as_ref().filter(|_| !note.back)?;
    Some((answer, answer.target.as_ref()?))
}

/// Whether this is the request that a browser sends when it follows the redirect.
fn follows(answer: &Answer, target: &Target, from: &Note, next: &Note) -> bool {
    let wanted = prints(&answer.items);
    let same = wanted.iter().all(|print| prints(&next.items).contains(print));
    !next.back
        && next.from == from.from
        && target.part.as_ref() == Some(&next.to)
        && target.path == next.path
        && next.method == "GET"
        && next.at <= answer.at.saturating_add(FOLLOWS_WITHIN)
        && same
}
