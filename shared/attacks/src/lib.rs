//! Attacks, carried out over HTTP against real processes and told message by message.
//!
//! - [`attack`]: what an attack is, and how it can end
//! - [`scene`], [`person`], [`callback`]: where it plays, who acts, and what passes between them
//! - [`tale`]: what has been told so far: every message is noted
//! - [`stories`]: the attacks
//! - [`run`]: carries one out
//! - [`guards`]: the line of source that stops it
//! - [`tell`]: an attack as a page to read in a terminal
//! - [`docs`]: all of them as a page of the docs
//! - `trials`: all of them as lines of `cargo test`
//! - [`stage`]: an attacker's site, to act them out in a browser
//! - [`cli`]: what `cargo lab attack` calls

pub mod attack;
pub mod callback;
pub mod cli;
pub mod docs;
pub mod guards;
pub mod person;
pub mod run;
pub mod scene;
pub mod stage;
mod stories;
pub mod tale;
pub mod tell;
pub mod trials;

pub use attack::Attack;
pub use attack::Cell;
pub use attack::Ending;
pub use attack::Guard;
pub use attack::Who;
pub use run::Report;
pub use run::run;
use stories::callback as planted;
use stories::{
    bearer, consent, cookies, fixation, floods, hosts, implicit, injection, leaks, login, pages,
    password_redirect, pkce, redirects, refresh, refresh_store, replay, restart, secrets, tokens,
};

/// Every attack, in the order in which the ladder meets them.
pub static ALL: [&Attack; 34] = [
    &planted::LOGIN_CSRF,
    &planted::PLANTED_CALLBACK_WITHOUT_STATE,
    &leaks::CODE_LEAK_REFERER,
    &leaks::CODE_LEAK_HISTORY,
    &injection::CODE_INJECTION,
    &consent::SILENT_AUTHORIZATION,
    &consent::FRAMING,
    &login::LOGIN_CSRF_AT_SERVER,
    &login::LOGIN_BRUTE_FORCE,
    &login::PASSWORD_STORE_THEFT,
    &redirects::OPEN_REDIRECTOR,
    &redirects::REDIRECT_URI_TRICKS,
    &implicit::IMPLICIT_GRANT,
    &pages::XSS_REFLECTED,
    &fixation::SESSION_FIXATION,
    &floods::LOGIN_FLOOD,
    &password_redirect::REDIRECT_307,
    &hosts::HOST_HEADER_POISONING,
    &hosts::DNS_REBINDING_DEBUG,
    &cookies::COOKIE_PLANTING,
    &cookies::COOKIE_CONFUSION,
    &pkce::PKCE_DOWNGRADE,
    &pkce::CODE_INTERCEPTION,
    &replay::CODE_REPLAY,
    &replay::CODE_RACE,
    &replay::PASSWORD_GRANT,
    &secrets::WEAK_JWT_SECRET,
    &restart::RESTART_AMNESIA,
    &bearer::BEARER_THEFT,
    &tokens::FORGED_TOKEN,
    &refresh::REFRESH_THEFT,
    &refresh::REFRESH_RACE,
    &floods::ROTATION_FLOOD,
    &refresh_store::REFRESH_STORE_THEFT,
];

/// The attack of that name.
pub fn find(name: &str) -> Option<&'static Attack> {
    ALL.into_iter().find(|attack| attack.name == name)
}
