//! The attacks themselves, grouped by what they attack.

pub mod bearer;
pub mod callback;
pub mod consent;
pub mod cookies;
pub mod fixation;
pub mod floods;
pub mod hosts;
pub mod implicit;
pub mod injection;
pub mod leaks;
pub mod login;
pub mod missing;
pub mod pages;
pub mod password_redirect;
pub mod pkce;
pub mod redirects;
pub mod refresh;
pub mod refresh_store;
pub mod replay;
pub mod restart;
pub mod secrets;
pub mod tokens;
