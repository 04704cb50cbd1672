//! What several attacks need.

pub mod callback;
pub mod consent;
pub mod cookies;
pub mod floods;
pub mod frames;
pub mod hosts;
pub mod instances;
pub mod leaks;
pub mod missing;
pub mod notes;
pub mod redirects;
pub mod refresh;
pub mod replay;
