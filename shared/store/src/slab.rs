//! Values in numbered slots, found by a key or by the number of their slot.

use std::hash::BuildHasher;
use std::hash::RandomState;

use hashbrown::HashTable;

/// A slab this small keeps its memory.
const SMALL: usize = 64;

/// A slot's number stays the same for as long as its value is there, and is used again afterwards.
pub struct Slab<T> {
    slots: Vec<Option<Entry<T>>>,
    free: Vec<u32>,
    /// Numbers of slots, by the hash of their key: each key is in memory once.
    by_key: HashTable<u32>,
    /// Seeded at random, because whoever sends a request chooses the key that is looked up.
    hasher: RandomState,
    max: usize,
}

struct Entry<T> {
    key: Box<str>,
    /// Kept, because hashing a million keys again takes long when `by_key` grows.
    hash: u64,
    value: T,
}

impl<T> Slab<T> {
    /// An empty slab for at most `max` values.
    pub fn new(max: usize) -> Slab<T> {
        Slab {
            slots: Vec::new(),
            free: Vec::new(),
            by_key: HashTable::new(),
            hasher: RandomState::new(),
            max,
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// The slot of a key.
    pub fn find(&self, key: &str) -> Option<u32> {
        let same = |slot: &u32| self.key(*slot) == Some(key);
        self.by_key.find(self.hasher.hash_one(key), same).copied()
    }

    /// The key of a slot.
    pub fn key(&self, slot: u32) -> Option<&str> {
        self.slots[slot as usize].as_ref().map(|entry| &*entry.key)
    }

    /// The value in a slot.
    pub fn get(&self, slot: u32) -> Option<&T> {
        self.slots[slot as usize].as_ref().map(|entry| &entry.value)
    }

    /// The value in a slot, to be changed.
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.slots[slot as usize].as_mut().map(|entry| &mut entry.value)
    }

    /// Puts a value under a key that is not there yet. Returns its slot.
    pub fn add(&mut self, key: Box<str>, value: T) -> u32 {
        let hash = self.hasher.hash_one(&*key);
        let slot = self.free.pop().unwrap_or_else(|| self.new_slot());
        self.slots[slot as usize] = Some(Entry { key, hash, value });
        let hash_of =
            |slot: &u32| self.slots[*slot as usize].as_ref().map_or(0, |entry| entry.hash);
        self.by_key.insert_unique(hash, slot, hash_of);
        slot
    }

    /// Empties a slot and returns the key and value that were in it.
    pub fn remove(&mut self, slot: u32) -> Option<(Box<str>, T)> {
        let Entry { key, hash, value } = self.slots[slot as usize].take()?;
        if let Ok(found) = self.by_key.find_entry(hash, |other| *other == slot) {
            found.remove();
        }
        self.free.push(slot);
        Some((key, value))
    }

    /// Whether the slab has grown, and not one slot in eight has a value now.
    pub fn is_mostly_empty(&self) -> bool {
        self.slots.len() > SMALL && self.len() < self.slots.len() / 8
    }

    fn new_slot(&mut self) -> u32 {
        grow(&mut self.slots, self.max, None);
        self.slots.len() as u32 - 1
    }
}

/// Appends a value to a vector of at most `max`. It grows by half and never beyond that: left to itself, it would
/// double, and waste more memory than a row's whole bookkeeping takes.
pub fn grow<T>(vector: &mut Vec<T>, max: usize, value: T) {
    if vector.len() == vector.capacity() {
        let more = (vector.len() / 2).max(SMALL);
        vector.reserve_exact(more.min(max.saturating_sub(vector.len())));
    }
    vector.push(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slab_is_mostly_empty_when_fewer_than_one_slot_in_eight_are_used() {
        for (slots, left, mostly_empty) in [
            (64, 0, false),
            (65, 7, true),
            (72, 8, true),
            (72, 9, false),
            (80, 10, false),
            (80, 80, false),
        ] {
            let mut slab = Slab::new(100);
            for number in 0..slots {
                slab.add(number.to_string().into(), ());
            }
            for slot in left..slots {
                slab.remove(slot);
            }
            assert_eq!(slab.is_mostly_empty(), mostly_empty, "{left} of {slots}");
        }
    }

    #[test]
    fn a_vector_grows_by_half_up_to_its_bound() {
        let mut vector = Vec::new();
        let mut capacities = Vec::new();
        for number in 0..500 {
            grow(&mut vector, 500, number);
            capacities.push(vector.capacity());
        }
        capacities.dedup();
        assert_eq!(capacities, [64, 128, 192, 288, 432, 500]);
    }
}
