//! Which flow a message belongs to: a number, found by the values that travel from message to message.
//!
//! A flow begins at `/start` (client) and `/authorize` (server). What then travels (state, ticket, code, tokens,
//! the session's cookie) leads back to it. The number is this process's own, and it is for the reader of the log
//! alone: no rule looks at it.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::PoisonError;

/// How many values lead to a flow. Beyond it the oldest is forgotten, and its messages have no number.
const REMEMBERED: usize = 4096;

static FLOWS: LazyLock<Mutex<Flows>> = LazyLock::new(Mutex::default);
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The hashes of the values in one message that may lead to its flow. The values themselves are not kept.
#[derive(Default)]
pub(crate) struct Values {
    hashes: [u64; 6],
    len: usize,
}

/// Whether the value of a parameter or a member of this name travels from message to message.
pub(crate) fn travels(name: &str) -> bool {
    matches!(name, "state" | "ticket" | "code" | "refresh_token" | "access_token")
}

impl Values {
    /// Adds the value if it is of a kind that travels. An empty one leads nowhere.
    pub(crate) fn add_named(&mut self, name: &str, value: &str) {
        if travels(name) {
            self.add(value);
        }
    }

    pub(crate) fn add(&mut self, value: &str) {
        if self.len < self.hashes.len() && !value.is_empty() {
            self.hashes[self.len] = HASHER.hash_one(value);
            self.len += 1;
        }
    }

    /// The number of a flow that begins with these values.
    pub(crate) fn begin(&self) -> u64 {
        let mut flows = FLOWS.lock().unwrap_or_else(PoisonError::into_inner);
        flows.last += 1;
        let number = flows.last;
        self.hashes[..self.len].iter().for_each(|hash| flows.learn(*hash, number, true));
        number
    }

    /// The flow that the first known one of these values leads to. From then on all of them do.
    pub(crate) fn find(&self) -> Option<u64> {
        if self.len == 0 {
            return None;
        }
        let mut flows = FLOWS.lock().unwrap_or_else(PoisonError::into_inner);
        let number =
            self.hashes[..self.len].iter().find_map(|hash| flows.numbers.get(hash).copied())?;
        self.hashes[..self.len].iter().for_each(|hash| flows.learn(*hash, number, false));
        Some(number)
    }

    /// Notes that these values lead to this flow.
    pub(crate) fn lead_to(&self, number: u64) {
        if self.len > 0 {
            let mut flows = FLOWS.lock().unwrap_or_else(PoisonError::into_inner);
            self.hashes[..self.len].iter().for_each(|hash| flows.learn(*hash, number, false));
        }
    }
}

#[derive(Default)]
struct Flows {
    last: u64,
    numbers: HashMap<u64, u64>,
    oldest_first: VecDeque<u64>,
}

impl Flows {
    /// A value that is known already keeps its flow, unless a new one begins with it.
    fn learn(&mut self, hash: u64, number: u64, begins: bool) {
        if let Some(known) = self.numbers.get_mut(&hash) {
            if begins {
                *known = number;
            }
            return;
        }
        if self.numbers.len() >= REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.numbers.remove(&oldest);
        }
        self.numbers.insert(hash, number);
        self.oldest_first.push_back(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(values: &[&str]) -> Values {
        let mut all = Values::default();
        values.iter().for_each(|value| all.add(value));
        all
    }

    #[test]
    fn a_value_leads_to_its_flow_and_brings_others_along() {
        let one = values(&["state-one"]).begin();
        let two = values(&["state-two"]).begin();
        assert_ne!(one, two);
        values(&["code-one"]).lead_to(one);
        assert_eq!(values(&["code-one", "cookie-one"]).find(), Some(one));
        assert_eq!(values(&["cookie-one"]).find(), Some(one));
        assert_eq!(values(&["state-two", "code-one"]).find(), Some(two));
        assert_eq!(values(&["code-one"]).find(), Some(one));
        assert_eq!(values(&["unknown"]).find(), None);
        assert_eq!(values(&[""]).find(), None);
    }

    #[test]
    fn a_browser_that_starts_again_begins_a_new_flow() {
        let one = values(&["a-cookie"]).begin();
        let two = values(&["a-cookie"]).begin();
        assert_eq!((one != two, values(&["a-cookie"]).find()), (true, Some(two)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut flows = Flows::default();
        (0..20_000).for_each(|hash| flows.learn(hash, 1, true));
        assert_eq!((flows.numbers.len(), flows.oldest_first.len()), (REMEMBERED, REMEMBERED));
        assert!(flows.numbers.contains_key(&19_999) && !flows.numbers.contains_key(&0));
    }

    #[test]
    fn only_what_travels_leads_to_a_flow() {
        let mut found = Values::default();
        found.add_named("client_id", "demo-client");
        assert_eq!(found.len, 0);
        found.add_named("ticket", "t");
        assert_eq!(found.len, 1);
    }
}
