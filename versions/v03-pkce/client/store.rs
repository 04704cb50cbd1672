//! What the client remembers.

use std::sync::Arc;

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

/// Everything that the handlers share. Clones share the same tables.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    pub pending: Table<Pending>,
}

/// An authorization request that waits for its answer. Its key is the `state`.
#[derive(Clone, Serialize)]
pub struct Pending {
    /// The browser that started it: the random key in that browser's session.
    pub browser: String,
    pub created_at: Moment,
    pub code_verifier: String,
}

impl App {
    /// Empty tables. The error is a sentence on what keeps the client from starting.
    pub fn new(settings: Settings) -> Result<App, String> {
        Ok(App {
            pending: Table::new(settings.max_rows),
            settings: Arc::new(settings),
        })
    }
}
