//! Which rows have expired, found without looking at those that have not.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::links::Links;
use crate::links::List;

/// Rows are grouped by the quarter of a second in which they expire: fine enough for a sweep once a second.
const TICK: u64 = 250_000_000;

/// The slots of a table, grouped by the tick in which their rows expire.
pub struct Expiry {
    by_tick: BTreeMap<u64, List>,
    links: Links,
}

impl Expiry {
    /// Nothing, for a table of at most `max` rows.
    pub fn new(max: usize) -> Expiry {
        Expiry {
            by_tick: BTreeMap::new(),
            links: Links::new(max),
        }
    }

    /// Notes that the row in `slot` expires at this [`Moment`].
    pub fn add(&mut self, slot: u32, expires_at: Moment) {
        let list = self.by_tick.entry(expires_at / TICK).or_insert(List::EMPTY);
        self.links.push(list, slot);
    }

    /// Notes that the row in `slot`, added with the same `expires_at`, is gone.
    pub fn remove(&mut self, slot: u32, expires_at: Moment) {
        let tick = expires_at / TICK;
        let Some(list) = self.by_tick.get_mut(&tick) else {
            return;
        };
        self.links.unlink(list, slot);
        if list.is_empty() {
            self.by_tick.remove(&tick);
        }
    }

    /// The slot of a row that expired in a tick that is over.
    pub fn any_expired(&self, now: Moment) -> Option<u32> {
        let (first, list) = self.by_tick.first_key_value()?;
        (*first < now / TICK).then_some(list.oldest)
    }
}

/// A moment in nanoseconds since 1970, in half of the memory that a `SystemTime` takes.
pub type Moment = u64;

/// Moments before 1970 count as 1970, those after 2554 as 2554.
pub fn moment(time: SystemTime) -> Moment {
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment::try_from(since_1970.as_nanos()).unwrap_or(Moment::MAX)
}

/// The moment it is.
pub fn now() -> Moment {
    moment(SystemTime::now())
}
