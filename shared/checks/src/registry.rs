//! All checks in the order of the catalogue, and the requirements that HTTP cannot show.

use crate::check::Check;
use crate::client;
use crate::server;

/// Every check there is, in the order of the catalogue.
pub fn all_checks() -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    checks.extend(server::checks());
    checks.extend(client::checks());
    checks.sort_by_key(|check| order(check.id));
    checks
}

/// `R2.5` comes before `R2.10` and `R3.1`; then the rows of the error contract; then the standing rules.
fn order(id: &str) -> (u8, u16, u16) {
    let group = match id.as_bytes().first() {
        Some(b'R') => 0,
        Some(b'E') => 1,
        _ => 2,
    };
    let digits = id.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (major, minor) = digits.split_once('.').unwrap_or((digits, "0"));
    (group, major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
}

/// Requirements that HTTP cannot show, or not wholly, and where else they are tested.
pub const BY_READING: &[(&str, &str)] = &[];
