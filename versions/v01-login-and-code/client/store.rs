//! What the client remembers.

use std::sync::Arc;

use web::Settings;

/// Everything that the handlers share. Clones share the same tables.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
}

impl App {
    /// Empty tables. The error is a sentence on what keeps the client from starting.
    pub fn new(settings: Settings) -> Result<App, String> {
        Ok(App {
            settings: Arc::new(settings),
        })
    }
}
