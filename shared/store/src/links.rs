//! Doubly linked lists of slots, oldest first. A slot is added, found and unlinked in constant time.

use crate::slab::grow;

/// Where a list ends: no slot has this number.
pub const NONE: u32 = u32::MAX;

/// The two ends of one list, [`NONE`] while it is empty.
#[derive(Clone, Copy)]
pub struct List {
    pub oldest: u32,
    pub newest: u32,
}

/// The neighbours of every slot. Many lists can share one `Links`, but each slot is in one list at most.
pub struct Links {
    neighbours: Vec<Neighbours>,
    max: usize,
}

#[derive(Clone, Copy)]
struct Neighbours {
    older: u32,
    newer: u32,
}

const ALONE: Neighbours = Neighbours {
    older: NONE,
    newer: NONE,
};

impl List {
    pub const EMPTY: List = List {
        oldest: NONE,
        newest: NONE,
    };

    pub fn is_empty(&self) -> bool {
        self.oldest == NONE
    }
}

impl Links {
    /// For at most `max` slots.
    pub fn new(max: usize) -> Links {
        Links {
            neighbours: Vec::new(),
            max,
        }
    }

    /// Adds `slot` as the newest of `list`.
    pub fn push(&mut self, list: &mut List, slot: u32) {
        if self.neighbours.len() == slot as usize {
            grow(&mut self.neighbours, self.max, ALONE);
        }
        self.neighbours[slot as usize] = Neighbours {
            older: list.newest,
            newer: NONE,
        };
        self.join(list, list.newest, slot);
        list.newest = slot;
    }

    /// Takes `slot` out of `list`, in which it is.
    pub fn unlink(&mut self, list: &mut List, slot: u32) {
        let Neighbours { older, newer } = self.neighbours[slot as usize];
        self.join(list, older, newer);
        if newer == NONE {
            list.newest = older;
        } else {
            self.neighbours[newer as usize].older = older;
        }
    }

    /// The slot that was pushed onto the same list just before `slot`, or [`NONE`].
    pub fn older(&self, slot: u32) -> u32 {
        self.neighbours[slot as usize].older
    }

    /// The slot that was pushed onto the same list just after `slot`, or [`NONE`].
    pub fn newer(&self, slot: u32) -> u32 {
        self.neighbours[slot as usize].newer
    }

    /// Lets `newer` follow `older`, or start the list where nothing is older.
    fn join(&mut self, list: &mut List, older: u32, newer: u32) {
        if older == NONE {
            list.oldest = newer;
        } else {
            self.neighbours[older as usize].newer = newer;
        }
    }
}
