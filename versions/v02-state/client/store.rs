//! What the client remembers.

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

/// Everything that the handlers share.
pub struct App {
    pub settings: Settings,
    pub pending: Table<Pending>,
}

/// An authorization request that waits for its response. Its key is the `state`.
#[derive(Clone, Serialize)]
pub struct Pending {
    /// The browser that started it: the random key in that browser's session.
    pub browser: String,
    pub created_at: Moment,
    /// When the response came. The row stays, so that a second response is recognised.
    pub answered_at: Option<Moment>,
}

impl App {
    /// An empty table.
    pub fn new(settings: Settings) -> App {
        App {
            pending: Table::new(settings.max_rows),
            settings,
        }
    }
}
