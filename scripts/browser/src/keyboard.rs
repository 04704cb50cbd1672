//! Someone who has no mouse.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::person::{Person, told};

/// No page of the lab has more places to stop at.
const MOST_STOPS: usize = 80;

/// What has the focus: its label or text, and whether one can see that it has it.
const FOCUSED: &str = "
    const here = document.activeElement;
    if (!here || here === document.body) return ['', true];
    const label = here.labels && here.labels.length ? here.labels[0].innerText : here.innerText;
    const style = getComputedStyle(here);
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return [label.trim(), seen];";

impl Person {
    /// Presses keys, one after the other.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn presses(&self, keys: impl IntoIterator<Item = char>) -> Result<(), String> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        told("keys", self.client.perform_actions(actions).await)
    }

    /// Presses Tab until what has the focus says this. Every stop on the way must be visible as such.
    ///
    /// # Errors
    /// It is never reached, or a stop cannot be seen.
    pub async fn tabs_to(&self, wanted: &str) -> Result<(), String> {
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            let here = self.ask(FOCUSED, vec![]).await?;
            let name = here[0].as_str().unwrap_or_default().to_owned();
            if here[1] != true {
                return Err(format!("the focus is on \"{name}\", and no one can see it"));
            }
            if name == wanted {
                return Ok(());
            }
            stops.push(name);
            self.presses([Key::Tab.into()]).await?;
        }
        Err(format!("Tab never reaches \"{wanted}\", but {stops:?}"))
    }

    /// Goes to a link or button with Tab, and presses Enter.
    ///
    /// # Errors
    /// It is never reached.
    pub async fn enters(&self, wanted: &str) -> Result<(), String> {
        self.sees(wanted).await?;
        self.tabs_to(wanted).await?;
        self.presses([Key::Enter.into()]).await
    }
}
