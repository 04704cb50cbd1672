//! Which addresses hang, so that a server with one dead endpoint is not waited for a hundred times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// After so many hangs in a row an address is not asked any more.
const MOST_HANGS: u32 = 3;

/// Counts, for each method and path, how often in a row no answer came in time. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Patience(Arc<Mutex<HashMap<String, u32>>>);

impl Patience {
    /// Is there still hope for an answer?
    pub fn lasts(&self, method: &str, url: &str) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&key(method, url)).is_none_or(|hangs| *hangs < MOST_HANGS)
    }

    /// Notes whether an answer came in time.
    pub fn note(&self, method: &str, url: &str, in_time: bool) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hangs = counts.entry(key(method, url)).or_default();
        *hangs = if in_time { 0 } else { *hangs + 1 };
    }
}

/// Method and URL without the query.
fn key(method: &str, url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    format!("{method} {}", &url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_hangs_in_a_row_end_it_and_an_answer_begins_anew() {
        let patience = Patience::default();
        let url = "http://h/token?x=1";
        for _ in 0..2 {
            patience.note("POST", url, false);
        }
        patience.note("POST", "http://h/token", true);
        for _ in 0..2 {
            patience.note("POST", url, false);
        }
        assert!(patience.lasts("POST", url));
        patience.note("POST", "http://h/token?y=2", false);
        assert!(!patience.lasts("POST", url));
        assert!(patience.lasts("GET", url) && patience.lasts("POST", "http://h/login"));
    }
}
