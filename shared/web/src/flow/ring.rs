//! The newest notes of this process, bounded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use picture::Note;
use picture::Notes;

use super::item;
use super::other;
use super::watcher;

/// So many notes are kept, and one takes so many bytes at most: a process keeps 3 MiB, whatever is sent to it.
const KEPT: usize = 300;
const LARGEST: usize = 10 * 1024;

/// What a note holds beside its items, those of its answer and its deeds. Each of these texts is cut.
const REST: usize = 2 * 1024;

const _: () = assert!(2 * item::ROOM + watcher::ROOM + REST <= LARGEST);
const _: () = assert!(KEPT * LARGEST < other::MAX as usize, "the other process reads them all");

/// So many may be made at once, and so many a second in the long run. A flood is no story, and it costs nothing.
const AT_ONCE: f64 = 200.0;
const A_SECOND: f64 = 50.0;

/// The notes of one process.
pub(super) struct Ring {
    inner: Mutex<Inner>,
    numbers: AtomicU64,
    start: (Instant, u64),
}

#[derive(Default)]
struct Inner {
    notes: VecDeque<Shared>,
    dropped: u64,
    allowance: f64,
    allowed_at: u64,
}

/// A note that is still being written.
pub(super) type Shared = Arc<Mutex<Note>>;

/// A panic while a note was written leaves half a note at worst.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Ring {
    fn default() -> Ring {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let inner = Inner {
            allowance: AT_ONCE,
            ..Inner::default()
        };
        Ring {
            inner: Mutex::new(inner),
            numbers: AtomicU64::default(),
            start: (Instant::now(), now.as_micros() as u64),
        }
    }
}

impl Ring {
    /// Microseconds since 1970, by a clock that nobody sets back.
    pub(super) fn now(&self) -> u64 {
        self.start.1 + self.start.0.elapsed().as_micros() as u64
    }

    /// Makes room for a note and lets `write` fill it. `None` when there were too many just now.
    pub(super) fn add(&self, write: impl FnOnce(&mut Note)) -> Option<Shared> {
        let at = self.now();
        if !self.may_add(at) {
            return None;
        }
        let mut note = Note {
            number: self.numbers.fetch_add(1, Relaxed) + 1,
            at,
            ..Note::default()
        };
        write(&mut note);
        let note = Arc::new(Mutex::new(note));
        let mut inner = lock(&self.inner);
        if inner.notes.len() >= KEPT {
            inner.notes.pop_front();
            inner.dropped += 1;
        }
        inner.notes.push_back(note.clone());
        Some(note)
    }

    fn may_add(&self, now: u64) -> bool {
        let mut inner = lock(&self.inner);
        let since = now.saturating_sub(inner.allowed_at) as f64 / 1e6;
        inner.allowed_at = now;
        inner.allowance = (inner.allowance + since * A_SECOND).min(AT_ONCE);
        let may = inner.allowance >= 1.0;
        match may {
            true => inner.allowance -= 1.0,
            false => inner.dropped += 1,
        }
        may
    }

    /// Copies of all notes.
    pub(super) fn notes(&self, part: &str) -> Notes {
        let (notes, dropped) = {
            let inner = lock(&self.inner);
            (inner.notes.clone(), inner.dropped)
        };
        Notes {
            store: super::KEPT_IN.get().map(|name| (*name).to_owned()),
            part: part.to_string(),
            dropped,
            notes: notes.iter().map(|note| lock(note).clone()).collect(),
        }
    }

    /// Forgets all notes. One that is still being written is written for nobody.
    pub(super) fn clear(&self) {
        let mut inner = lock(&self.inner);
        inner.notes.clear();
        inner.dropped = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_a_flood_is_counted() {
        let ring = Ring::default();
        (0..1000).for_each(|_| drop(ring.add(|_| {})));
        let notes = ring.notes("client");
        assert!((200..260).contains(&notes.notes.len()), "{}", notes.notes.len());
        assert_eq!(notes.notes.len() as u64 + notes.dropped, 1000);
        lock(&ring.inner).allowance = AT_ONCE;
        (0..200).for_each(|_| drop(ring.add(|_| {})));
        let notes = ring.notes("client");
        assert_eq!(notes.notes.len(), KEPT);
        assert!(notes.notes.windows(2).all(|pair| pair[0].number < pair[1].number));
        ring.clear();
        assert!(ring.notes("client").notes.is_empty());
    }
}
