//! Moments in time, as people and JSON read them.

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde::Serializer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment in whole seconds since 1970, written as RFC 3339 in UTC: `2026-06-06T14:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The current second.
    pub fn now() -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment(since.as_secs())
    }

    /// The moment `after` from now, cut to whole seconds.
    pub fn now_plus(after: Duration) -> Moment {
        Moment::now().plus(after)
    }

    /// The moment `after` this one, cut to whole seconds.
    pub fn plus(self, after: Duration) -> Moment {
        Moment(self.0.saturating_add(after.as_secs()))
    }

    /// Seconds since 1970, as JWT claims want them (RFC 7519 §2, NumericDate).
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The same moment for [`store::Table`].
    pub fn time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0)
    }

    /// Whether the moment has come.
    pub fn has_passed(self) -> bool {
        self.time() <= SystemTime::now()
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp(self.0 as i64)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        f.write_str(&time.format(&Rfc3339).map_err(|_| std::fmt::Error)?)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_rfc_3339_in_utc() {
        assert_eq!(Moment(1_780_756_200).to_string(), "2026-06-06T14:30:00Z");
    }

    #[test]
    fn a_moment_passes() {
        assert!(Moment::now().has_passed());
        assert!(!Moment::now_plus(Duration::from_secs(5)).has_passed());
    }
}
