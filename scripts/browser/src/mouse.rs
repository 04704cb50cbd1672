//! Someone who clicks twice where once would do.

use std::time::Duration;

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};

use crate::person::{Person, told};

impl Person {
    /// Clicks twice on a link or button, with this pause between, wherever the page has gone meanwhile.
    ///
    /// # Errors
    /// There is nothing with this text.
    pub async fn double_clicks(&self, text: &str, pause: Duration) -> Result<(), String> {
        let element = self.find(text).await?;
        let (down, up) = (
            PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            },
            PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            },
        );
        let over = PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let actions = MouseActions::new("mouse".to_owned())
            .then(over)
            .then(down.clone())
            .then(up.clone())
            .pause(pause)
            .then(down)
            .then(up);
        told(&format!("double click on {text}"), self.client.perform_actions(actions).await)
    }
}
