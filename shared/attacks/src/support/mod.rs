//! What several attacks need.

pub mod callback;
pub mod cookies;
pub mod floods;
pub mod hosts;
pub mod leaks;
pub mod missing;
pub mod redirects;
pub mod refresh;
pub mod replay;
