//! Chromium, used as a person uses it: to test the pages of every version, and to take their pictures.
//!
//! # Layout
//! - [`chromium`]: is a browser installed, and how one is started
//! - [`devtools`]: what chromedriver can do beyond WebDriver: its log, and the size of the window
//! - [`person`], [`keyboard`], [`mouse`]: someone who sits at the browser: reads, clicks, types
//! - [`flow`]: the ways that every version offers: start, log in, arrive
//! - [`cast`]: the programs of every version, built and started
//! - [`page`]: what must hold of every page: no overflow, no fault that axe-core finds
//! - [`pool`]: a few browsers, shared by many tests
//! - [`screenshots`], [`overview`], [`picture`]: the pictures of the texts

pub mod cast;
pub mod chromium;
pub mod devtools;
pub mod flow;
pub mod keyboard;
pub mod mouse;
pub mod overview;
pub mod page;
pub mod person;
pub mod picture;
pub mod pool;
pub mod screenshots;
