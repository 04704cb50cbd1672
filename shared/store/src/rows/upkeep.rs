//! What keeps a table within its bound and its memory small.

use super::Rows;
use crate::expiry::Moment;
use crate::expiry::now;
use crate::links::NONE;

/// How a batch of the sweep ended.
#[derive(Debug, PartialEq)]
pub enum Swept {
    /// There may be more expired rows.
    More,
    /// There are none.
    All,
    /// There are none, and the table has moved to smaller memory.
    Shrunk,
}

/// How many expired rows are removed under one lock at most: about a millisecond's work.
pub const BATCH: usize = 5_000;

impl<V: Clone> Rows<V> {
    /// Removes a batch of expired rows. If there are no more, memory that is hardly used any more is left.
    pub fn sweep(&mut self) -> Swept {
        let now = now();
        for _ in 0..BATCH {
            let Some(slot) = self.expiry.any_expired(now) else {
                if !self.slab.is_mostly_empty() {
                    return Swept::All;
                }
                self.move_to_smaller();
                return Swept::Shrunk;
            };
            self.remove(slot);
        }
        Swept::More
    }

    pub(super) fn is_expired(&self, slot: u32, now: Moment) -> bool {
        self.slab.get(slot).is_some_and(|row| row.expires_at <= now)
    }

    /// Makes room for a new row. One that has expired goes before any that could still be found.
    pub(super) fn push_out(&mut self) {
        let expired = self.expiry.any_expired(now());
        if let Some(slot) = expired.or_else(|| self.owners.oldest_of_the_most()) {
            self.remove(slot);
        }
    }

    /// Moves all rows, oldest first, to new and smaller memory.
    fn move_to_smaller(&mut self) {
        let mut old = std::mem::replace(self, Rows::new(self.max_rows, self.owner_of));
        let mut slot = old.by_age.oldest;
        while slot != NONE {
            if let Some((key, row)) = old.slab.remove(slot) {
                let expires_at = row.expires_at;
                let new = self.slab.add(key, row);
                self.owners.add(old.owners.name(slot), new);
                self.links.push(&mut self.by_age, new);
                self.expiry.add(new, expires_at);
            }
            slot = old.links.newer(slot);
        }
    }
}
