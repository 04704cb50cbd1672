//! Who holds how many rows, and whose row goes when a table is full.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::links::Links;
use crate::links::List;
use crate::slab::Slab;
use crate::slab::grow;

/// The owners of the rows in a table's slots.
pub struct Owners {
    owners: Slab<Owner>,
    /// Which owner the row in each slot belongs to.
    members: Vec<Member>,
    links: Links,
    /// All owners, in the order of what they hold.
    ranking: BTreeSet<Rank>,
    last_number: u64,
    max: usize,
}

struct Owner {
    rows: u32,
    by_age: List,
}

#[derive(Clone, Copy)]
struct Member {
    owner: u32,
    /// Rows are numbered as they arrive, so that age is never a matter of a clock.
    number: u64,
}

/// The greatest rank holds the most rows; among equals, the oldest row. Then comes the owner's slot.
type Rank = (u32, Reverse<u64>, u32);

impl Owners {
    /// Nobody, for a table of at most `max` rows.
    pub fn new(max: usize) -> Owners {
        Owners {
            owners: Slab::new(max),
            members: Vec::new(),
            links: Links::new(max),
            ranking: BTreeSet::new(),
            last_number: 0,
            max,
        }
    }

    /// Notes that the row in `slot`, the newest of all, belongs to `name`.
    pub fn add(&mut self, name: &str, slot: u32) {
        let owner = self.owners.find(name).unwrap_or_else(|| self.newcomer(name));
        self.last_number += 1;
        let member = Member {
            owner,
            number: self.last_number,
        };
        if self.members.len() == slot as usize {
            grow(&mut self.members, self.max, member);
        }
        self.members[slot as usize] = member;
        self.change(owner, |owner, links| {
            owner.rows += 1;
            links.push(&mut owner.by_age, slot);
        });
    }

    /// Notes that the row in `slot` is gone.
    pub fn remove(&mut self, slot: u32) {
        self.change(self.members[slot as usize].owner, |owner, links| {
            owner.rows -= 1;
            links.unlink(&mut owner.by_age, slot);
        });
    }

    /// The slot of the row to push out: the oldest one of the owner who holds the most rows. Among owners who
    /// hold equally many it is the one whose oldest row is the oldest.
    pub fn oldest_of_the_most(&self) -> Option<u32> {
        let (_, _, owner) = self.ranking.last()?;
        self.owners.get(*owner).map(|owner| owner.by_age.oldest)
    }

    /// The owner of the row in `slot`.
    pub fn name(&self, slot: u32) -> &str {
        self.owners.key(self.members[slot as usize].owner).unwrap_or_default()
    }

    fn newcomer(&mut self, name: &str) -> u32 {
        let nothing = Owner {
            rows: 0,
            by_age: List::EMPTY,
        };
        self.owners.add(Box::from(name), nothing)
    }

    /// Changes what an owner holds, and the ranking with it. An owner without rows is forgotten.
    fn change(&mut self, slot: u32, change: impl FnOnce(&mut Owner, &mut Links)) {
        let Some(owner) = self.owners.get_mut(slot) else {
            return;
        };
        if owner.rows > 0 {
            self.ranking.remove(&rank(owner, slot, &self.members));
        }
        change(owner, &mut self.links);
        if owner.rows > 0 {
            self.ranking.insert(rank(owner, slot, &self.members));
        } else {
            self.owners.remove(slot);
        }
    }
}

fn rank(owner: &Owner, slot: u32, members: &[Member]) -> Rank {
    (owner.rows, Reverse(members[owner.by_age.oldest as usize].number), slot)
}
