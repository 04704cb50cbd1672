//! Attacks, carried out over HTTP against real processes and told message by message.
//!
//! - [`attack`], [`who`]: what an attack is, who takes part, and how it can end
//! - [`scene`], [`person`], [`callback`]: where it plays, who acts, and what passes between them (`meaning`: in words)
//! - [`tale`]: what has been told so far: every message is noted
//! - `stories`: the attacks, one file each; `support`: what several of them need
//! - [`run`]: carries one out
//! - [`guards`]: the line of source that stops it
//! - [`tell`]: an attack as a page to read in a terminal
//! - [`docs`]: all of them as a page of the docs
//! - `pictures`: on which versions each is drawn
//! - `trials`: all of them as lines of `cargo test`
//! - [`stage`]: an attacker's site, to act them out in a browser

use std::sync::LazyLock;

pub mod attack;
pub mod callback;
pub mod docs;
pub mod guards;
mod meaning;
pub mod person;
mod pictures;
pub mod run;
pub mod scene;
pub mod stage;
mod stories;
mod support;
pub mod tale;
pub mod tell;
pub mod trials;
pub mod who;

pub use attack::Attack;
pub use attack::Cell;
pub use attack::Ending;
pub use attack::Guard;
pub use run::Report;
pub use run::run;
pub use who::Who;

/// Every attack, in the order in which the ladder meets them: first what succeeds, and of that what is cured soonest.
pub fn all() -> &'static [&'static Attack] {
    static ALL: LazyLock<Vec<&Attack>> = LazyLock::new(|| {
        let mut all: Vec<&Attack> = inventory::iter::<Attack>.into_iter().collect();
        all.sort_by_key(|attack| {
            let never = attack.cell(attack.first()) != Cell::Succeeds;
            (attack.first(), never, attack.cured_in().unwrap_or(u8::MAX), attack.name)
        });
        all
    });
    &ALL
}

/// The attack of that name.
pub fn find(name: &str) -> Option<&'static Attack> {
    all().iter().copied().find(|attack| attack.name == name)
}
