//! Who takes part: the lanes of the picture, from left to right.

use crate::note::Notes;

/// What the lane of a store is called in the cast.
const STORE: &str = "store";

/// The lanes of the picture, from left to right.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The parts, the browser first.
    pub parts: Vec<Part>,
}

/// One lane.
#[derive(Clone, Debug)]
pub struct Part {
    /// What the notes call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The colour, as a class of the style sheet: `browser`, `client`, `server`, `attacker`, `store`.
    pub colour: &'static str,
}

impl Part {
    /// A part by its id, its name and its colour.
    pub fn new(id: &str, name: &str, colour: &'static str) -> Part {
        Part {
            id: id.into(),
            name: name.into(),
            colour,
        }
    }
}

impl Cast {
    /// A browser, a client and an authorization server.
    pub fn pair() -> Cast {
        let parts = vec![
            Part::new("browser", "Browser", "browser"),
            Part::new("client", "Client", "client"),
            Part::new("server", "Authorization server", "server"),
        ];
        Cast { parts }
    }

    /// Adds a lane for the store in which the server keeps its rows, if it says that it does.
    pub fn with_store(mut self, told: &[Notes]) -> Cast {
        if let Some(store) = told.iter().find_map(|notes| notes.store.as_ref()) {
            self.parts.push(Part::new(STORE, &format!("Store ({store})"), "store"));
        }
        self
    }

    /// The lane of what `by` keeps its rows in: its own, mostly.
    pub(crate) fn lane_of_rows(&self, by: &str) -> usize {
        match self.parts.iter().position(|part| part.id == STORE) {
            Some(store) if by == "server" => store,
            _ => self.lane(by),
        }
    }

    /// Adds a lane before all others: a second browser, the attacker's perhaps.
    pub fn with_first(mut self, part: Part) -> Cast {
        self.parts.insert(0, part);
        self
    }

    /// Which lane that is. Whoever is not in the cast is met in the honest user's browser.
    pub fn lane(&self, id: &str) -> usize {
        let known = self.parts.iter().position(|part| part.id == id);
        known.or_else(|| self.parts.iter().position(|part| part.colour == "browser")).unwrap_or(0)
    }

    pub(crate) fn name(&self, lane: usize) -> &str {
        self.parts.get(lane).map_or("", |part| &part.name)
    }

    pub(crate) fn colour(&self, lane: usize) -> &'static str {
        self.parts.get(lane).map_or("browser", |part| part.colour)
    }
}
