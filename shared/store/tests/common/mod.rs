//! What the tests of the store share.

pub mod owned;

use std::time::Duration;
use std::time::SystemTime;

/// The moment `seconds` from now.
pub fn after(seconds: f64) -> SystemTime {
    SystemTime::now() + Duration::from_secs_f64(seconds)
}

/// A moment that no test lives to see.
#[allow(dead_code)]
pub fn later() -> SystemTime {
    after(3600.0)
}
