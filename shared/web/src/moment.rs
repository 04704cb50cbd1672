//! Moments in time, as people and JSON read them.

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The last second that RFC 3339 can write: the end of the year 9999. Everything later is then.
const FAR_FUTURE: u64 = 253_402_300_799;

/// A moment in whole seconds since 1970, written as RFC 3339 in UTC: `2026-06-06T14:30:00Z`.
///
/// There is none after the year 9999, whatever number a foreign server sends as `expires_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The current second.
    pub fn now() -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment(since.as_secs().min(FAR_FUTURE))
    }

    /// The moment `after` from now, cut to whole seconds.
    pub fn now_plus(after: Duration) -> Moment {
        Moment::now().plus(after)
    }

    /// The moment `after` this one, cut to whole seconds, or the far future.
    pub fn plus(self, after: Duration) -> Moment {
        Moment(self.0.saturating_add(after.as_secs()).min(FAR_FUTURE))
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

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let time = OffsetDateTime::parse(&text, &Rfc3339).map_err(D::Error::custom)?;
        Ok(Moment(u64::try_from(time.unix_timestamp()).unwrap_or_default().min(FAR_FUTURE)))
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
    fn a_moment_is_read_as_it_was_written() {
        for moment in [
            Moment(0),
            Moment(1_780_756_200),
            Moment(FAR_FUTURE),
        ] {
            let text = serde_json::to_string(&moment).unwrap();
            assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), moment);
        }
        assert!(serde_json::from_str::<Moment>("\"yesterday\"").is_err());
    }

    #[test]
    fn a_foreign_number_is_the_far_future_and_no_panic() {
        for seconds in [
            u64::MAX,
            u64::MAX - 1,
            i64::MAX as u64,
            1 << 62,
            FAR_FUTURE,
            FAR_FUTURE + 1,
        ] {
            for moment in [
                Moment::now_plus(Duration::from_secs(seconds)),
                Moment::now_plus(Duration::new(seconds, 999_999_999)),
                Moment::now().plus(Duration::from_secs(seconds)).plus(Duration::MAX),
            ] {
                assert_eq!(moment.to_string(), "9999-12-31T23:59:59Z");
                assert_eq!(moment.seconds(), FAR_FUTURE);
                assert!(moment.time() > SystemTime::now() && !moment.has_passed());
            }
        }
        let before = Moment(FAR_FUTURE - 2).plus(Duration::from_secs(1));
        assert_eq!(before.to_string(), "9999-12-31T23:59:58Z");
    }

    #[test]
    fn a_moment_passes() {
        assert!(Moment::now().has_passed());
        assert!(!Moment::now_plus(Duration::from_secs(5)).has_passed());
    }
}
