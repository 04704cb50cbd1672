//! What came after what. Clocks say it nearly always, and where they don't, cause comes before effect.

use crate::fold::Folded;

/// One thing that happened: the request of a note, one of its deeds, or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Ask(usize),
    Deed(usize, usize),
    Answer(usize),
}

/// All events of these notes in their order.
pub(crate) fn order(folded: &Folded) -> Vec<Event> {
    let follows = &folded.follows;
    let mut events: Vec<(u64, Event)> = Vec::new();
    for (index, note) in folded.notes.iter().enumerate() {
        events.push((note.at, Event::Ask(index)));
        let deeds = note.deeds.iter().enumerate();
        events.extend(deeds.map(|(nth, deed)| (deed.at.max(note.at), Event::Deed(index, nth))));
        if let Some(answer) = &note.answer {
            // Never at the very moment of the request or of a deed that led to it.
            let before = note.deeds.iter().map(|deed| deed.at).filter(|at| *at <= answer.at).max();
            let least = before.unwrap_or_default().max(note.at).saturating_add(1);
            events.push((answer.at.max(least), Event::Answer(index)));
        }
    }
    // The clocks of two processes on one machine agree, unless somebody sets them. Then the chain of redirects decides.
    for _ in 0..follows.len().min(64) {
        let mut moved = false;
        for (first, second) in follows {
            let answered = time_of(&events, Event::Answer(*first));
            let asked = time_of(&events, Event::Ask(*second));
            if let (Some(answered), Some(asked)) = (answered, asked)
                && asked < answered
            {
                let later = answered - asked;
                events.iter_mut().filter(|(_, event)| of(*event) == *second).for_each(|(at, _)| {
                    *at = at.saturating_add(later);
                });
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    events.sort_by_key(|(at, event)| (*at, rank(*event)));
    events.into_iter().map(|(_, event)| event).collect()
}

fn time_of(events: &[(u64, Event)], wanted: Event) -> Option<u64> {
    events.iter().find(|(_, event)| *event == wanted).map(|(at, _)| *at)
}

fn of(event: Event) -> usize {
    match event {
        Event::Ask(index) | Event::Deed(index, _) | Event::Answer(index) => index,
    }
}

/// At the same microsecond: first what was asked before, and each note in its own order. An answer that sends the
/// browser on stands before the request that follows.
fn rank(event: Event) -> (u8, usize) {
    match event {
        Event::Answer(index) => (0, index),
        Event::Ask(index) => (1, index),
        Event::Deed(index, nth) => (2, index * 1000 + nth),
    }
}
