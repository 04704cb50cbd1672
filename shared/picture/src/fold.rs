//! What repeats is drawn once: a hundred wrong passwords are one request and one answer, each with `× 99`.
//!
//! What comes one after the other folds where request and answer are alike. The same request, sent many times at
//! once, folds by how it was answered, the good answers first: which of them came first is chance, and a server that
//! takes one after the other is drawn like one that takes them all together.

use std::collections::HashMap;

use crate::note::Answer;
use crate::note::Deed;
use crate::note::Item;
use crate::note::Note;
use crate::terms;

/// So many are a crowd. Fewer are drawn one by one: two alike may be the whole story.
const MANY: usize = 4;

/// Stands for a value that is another one each time.
pub(crate) const VARIOUS: &str = "various";

/// The notes to draw.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) notes: Vec<Note>,
    /// Pairs of these notes: the answer of the first sent the browser to the second.
    pub(crate) follows: Vec<(usize, usize)>,
    /// For how many exchanges each note stands, if for more than one.
    pub(crate) times: Vec<Option<usize>>,
}

/// Folds what repeats among some of the notes, which are in the order of time.
pub(crate) fn fold(all: &[Note], indexes: &[usize], follows: &[(usize, usize)]) -> Folded {
    let mut folded = Folded::default();
    let mut places = HashMap::new();
    for run in indexes.chunk_by(|a, b| asked_alike(&all[*a], &all[*b])) {
        let notes: Vec<&Note> = run.iter().map(|index| &all[*index]).collect();
        for (members, note) in groups(&notes) {
            folded.times.push(Some(members.len()).filter(|times| *times > 1));
            places.extend(members.into_iter().map(|nth| (run[nth], folded.notes.len())));
            folded.notes.push(note);
        }
    }
    let place =
        |(first, second): &(usize, usize)| Some((*places.get(first)?, *places.get(second)?));
    folded.follows = follows.iter().filter_map(place).filter(|(a, b)| a != b).collect();
    folded
}

/// Which notes of a run are drawn as one, and what stands for them.
type Group = (Vec<usize>, Note);

/// Splits notes that all ask for the same into what is drawn.
fn groups(run: &[&Note]) -> Vec<Group> {
    let places: Vec<usize> = (0..run.len()).collect();
    let same: Vec<&[usize]> = places.chunk_by(|a, b| run[*a].items == run[*b].items).collect();
    let is_crowd = |part: &[usize]| part.len() >= MANY && at_once(part.iter().map(|nth| run[*nth]));
    if !same.iter().any(|part| is_crowd(part)) {
        return one_by_one(run, &places);
    }
    let groups = same.into_iter().map(|part| match is_crowd(part) {
        true => crowd(run, part),
        false => one_by_one(run, part),
    });
    groups.flatten().collect()
}

/// What was asked in turn keeps its order.
fn one_by_one(run: &[&Note], places: &[usize]) -> Vec<Group> {
    let alike = places.chunk_by(|a, b| answered_alike(run[*a], run[*b]));
    let groups = alike.flat_map(|members| match members.len() >= MANY {
        true => members.chunks(members.len()),
        false => members.chunks(1),
    });
    groups.map(|members| (members.to_vec(), blended(run, members))).collect()
}

/// What was asked at the same moment has no order of its own.
fn crowd(run: &[&Note], places: &[usize]) -> Vec<Group> {
    let mut endings: Vec<Vec<usize>> = Vec::new();
    for &nth in places {
        match endings.iter_mut().find(|members| answered_alike(run[members[0]], run[nth])) {
            Some(members) => members.push(nth),
            None => endings.push(vec![nth]),
        }
    }
    endings.sort_by_key(|members| ending(run[members[0]]));
    // Each answer stands below its request: the moments in between are made up.
    let begins = (run[places[0]].at..).step_by(2);
    let group = |(members, begin): (Vec<usize>, u64)| {
        let mut note = blended(run, &members);
        note.at = begin;
        note.deeds.iter_mut().for_each(|deed| deed.at = begin);
        note.answer.iter_mut().for_each(|answer| answer.at = begin + 1);
        (members, note)
    };
    endings.into_iter().zip(begins).map(group).collect()
}

fn ended(note: &Note) -> Option<u64> {
    note.answer.as_ref().map(|answer| answer.at)
}

/// Whether one of them was asked before the answer to an earlier one was there.
fn at_once<'n>(mut notes: impl Iterator<Item = &'n Note>) -> bool {
    let mut busy = 0;
    notes.any(|note| {
        let overlaps = note.at < busy;
        busy = busy.max(ended(note).unwrap_or(u64::MAX));
        overlaps
    })
}

fn asked_alike(a: &Note, b: &Note) -> bool {
    let who = |note: &Note| [&note.by, &note.from, &note.to].map(String::clone);
    who(a) == who(b)
        && a.back == b.back
        && a.method == b.method
        && a.path == b.path
        && terms::ask(a) == terms::ask(b)
        && names(&a.items).eq(names(&b.items))
}

fn answered_alike(a: &Note, b: &Note) -> bool {
    match (&a.answer, &b.answer) {
        (Some(one), Some(other)) => {
            ending(a) == ending(b)
                && terms::answer(a, one) == terms::answer(b, other)
                && names(&one.items).eq(names(&other.items))
        }
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn names(items: &[Item]) -> impl Iterator<Item = &str> {
    items.iter().map(|item| &*item.name)
}

/// How an exchange ended: status, kind of reason, place of the redirect.
fn ending(note: &Note) -> Option<(u16, &str, &str)> {
    let answer = note.answer.as_ref()?;
    let target = answer.target.as_ref().map_or("", |target| &target.path);
    Some((answer.status, kind(answer.reason.as_deref().unwrap_or_default()), target))
}

/// `This is not registered: http://…` is one kind of reason, whatever the address.
fn kind(reason: &str) -> &str {
    reason.split_once(": ").map_or(reason, |(kind, _)| kind)
}

/// The first of these notes of a run, for all of them: from the first request to the last answer, without what differs.
fn blended(run: &[&Note], members: &[usize]) -> Note {
    let mut blend = run[members[0]].clone();
    let end = members.iter().filter_map(|nth| ended(run[*nth])).max();
    for other in members[1..].iter().map(|nth| run[*nth]) {
        blend_items(&mut blend.items, &other.items);
        let pairs = blend.deeds.iter_mut().zip(&other.deeds);
        let alike = pairs.take_while(|(deed, also)| deed.verb == also.verb && deed.row == also.row);
        let count = alike.map(|(deed, also)| blend_deed(deed, also)).count();
        blend.deeds.truncate(count);
        if let (Some(answer), Some(also)) = (&mut blend.answer, &other.answer) {
            blend_answer(answer, also);
            answer.at = end.unwrap_or(answer.at);
        }
    }
    blend
}

fn blend_answer(answer: &mut Answer, other: &Answer) {
    blend_items(&mut answer.items, &other.items);
    if answer.reason != other.reason {
        let kind = kind(answer.reason.as_deref().unwrap_or_default());
        answer.reason = Some(format!("{kind}: {VARIOUS}"));
    }
}

fn blend_deed(deed: &mut Deed, other: &Deed) {
    blend_item(&mut deed.key, &other.key);
    blend_items(&mut deed.items, &other.items);
    for (change, also) in deed.changes.iter_mut().zip(&other.changes) {
        blend_item(&mut change.item, &also.item);
        blend_item(&mut change.before, &also.before);
    }
}

fn blend_items(items: &mut [Item], others: &[Item]) {
    items.iter_mut().zip(others).for_each(|(item, other)| blend_item(item, other));
}

fn blend_item(item: &mut Item, other: &Item) {
    if item != other {
        item.shown = VARIOUS.into();
        item.print = None;
    }
}
