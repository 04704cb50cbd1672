//! What the client remembers.

use web::Settings;

/// Everything that the handlers share.
pub struct App {
    pub settings: Settings,
}

impl App {
    /// No table yet.
    pub fn new(settings: Settings) -> App {
        App { settings }
    }
}
