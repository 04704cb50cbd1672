//! The rows of one table, and how they are found, added and removed.

mod upkeep;

use std::time::SystemTime;

use crate::expiry::Expiry;
use crate::expiry::Moment;
use crate::expiry::moment;
use crate::expiry::now;
use crate::links::Links;
use crate::links::List;
use crate::links::NONE;
use crate::owners::Owners;
use crate::slab::Slab;
use upkeep::BATCH;
pub use upkeep::Swept;

/// What a table's lock protects.
pub struct Rows<V> {
    slab: Slab<Row<V>>,
    links: Links,
    by_age: List,
    expiry: Expiry,
    owners: Owners,
    owner_of: fn(&V) -> &str,
    max_rows: usize,
}

struct Row<V> {
    value: V,
    expires_at: Moment,
}

impl<V: Clone> Rows<V> {
    pub fn new(max_rows: usize, owner_of: fn(&V) -> &str) -> Rows<V> {
        let max_rows = max_rows.clamp(1, NONE as usize - 1);
        Rows {
            // One more: a new row is added before an old one is pushed out.
            slab: Slab::new(max_rows + 1),
            links: Links::new(max_rows + 1),
            by_age: List::EMPTY,
            expiry: Expiry::new(max_rows + 1),
            owners: Owners::new(max_rows + 1),
            owner_of,
            max_rows,
        }
    }

    pub fn len(&self) -> usize {
        self.slab.len()
    }

    /// The slot and the value of a row that has not expired.
    pub fn find(&mut self, key: &str) -> Option<(u32, &mut V)> {
        let slot = self.slab.find(key)?;
        let row = self.slab.get_mut(slot)?;
        (row.expires_at > now()).then_some((slot, &mut row.value))
    }

    pub fn insert(&mut self, key: &str, value: V, expires_at: SystemTime) {
        if let Some(slot) = self.slab.find(key) {
            self.remove(slot);
        }
        let expires_at = moment(expires_at);
        let slot = self.slab.add(Box::from(key), Row { value, expires_at });
        if let Some(row) = self.slab.get(slot) {
            self.owners.add((self.owner_of)(&row.value), slot);
        }
        self.links.push(&mut self.by_age, slot);
        self.expiry.add(slot, expires_at);
        if self.len() > self.max_rows {
            self.push_out();
        }
    }

    pub fn remove(&mut self, slot: u32) -> Option<V> {
        let (_, row) = self.slab.remove(slot)?;
        self.links.unlink(&mut self.by_age, slot);
        self.expiry.remove(slot, row.expires_at);
        self.owners.remove(slot);
        Some(row.value)
    }

    /// Removes every row that `wanted` names. `see` is shown those that could still be found.
    pub fn remove_where(&mut self, wanted: impl Fn(&V) -> bool, mut see: impl FnMut(&str, &V)) {
        let now = now();
        let mut slot = self.by_age.newest;
        while slot != NONE {
            let older = self.links.older(slot);
            if let (Some(key), Some(row)) = (self.slab.key(slot), self.slab.get(slot))
                && wanted(&row.value)
            {
                if row.expires_at > now {
                    see(key, &row.value);
                }
                self.remove(slot);
            }
            slot = older;
        }
    }

    /// Copies of the newest `most` rows. Expired rows that are in the way are removed, so that they are met once.
    /// `None` after a whole batch of them, if there is more to look at.
    pub fn newest(&mut self, most: usize) -> Option<Vec<(String, V)>> {
        let now = now();
        let mut found = Vec::new();
        let mut expired = 0;
        let mut slot = self.by_age.newest;
        while slot != NONE && found.len() < most && expired < BATCH {
            let older = self.links.older(slot);
            if self.is_expired(slot, now) {
                self.remove(slot);
                expired += 1;
            } else {
                found.extend(self.copy(slot));
            }
            slot = older;
        }
        (expired < BATCH).then_some(found)
    }

    fn copy(&self, slot: u32) -> Option<(String, V)> {
        let key = self.slab.key(slot)?;
        Some((key.to_string(), self.slab.get(slot)?.value.clone()))
    }
}
