//! All checks in the order of the catalogue, and the requirements that HTTP cannot show.

use crate::Check;

/// Every check there is, in the order of the catalogue.
pub fn all_checks() -> Vec<Check> {
    let mut checks: Vec<Check> = inventory::iter::<Check>.into_iter().copied().collect();
    checks.sort_by_key(|check| {
        (order(check.id), check.subject, check.first(), check.place.file(), check.place.line())
    });
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
pub const BY_READING: &[(&str, &str)] = &[
    (
        "R3.6",
        "the vector of RFC 7636 App. B: unit test r3_6_the_vector_of_rfc_7636_appendix_b in client/pkce.rs from v03, \
         in server/pkce.rs from v04",
    ),
    (
        "R3.7",
        "the headers of pages are around the lesson, so the rule holds from v01 on: it is checked as G12",
    ),
    (
        "R4.8",
        "a verifier for a code without challenge, which no request can bring about: unit test \
         r4_8_a_verifier_for_a_code_without_challenge_is_refused in server/token.rs from v04",
    ),
    (
        "R8.7",
        "every engine passes the same tests: unit tests r8_7_any_order_of_calls_does_what_one_table_would_do \
         r8_7_of_many_who_change_a_row_at_once_one_is_told_so r8_7_no_update_is_lost \
         r8_7_a_full_table_takes_the_oldest_of_whoever_holds_the_most in tests/storage/conformance.rs from v08",
    ),
    (
        "R8.8",
        "a row that an older build has written is read: unit test r8_8_a_row_of_an_older_build_is_read in \
         tests/storage/conformance.rs from v08",
    ),
    (
        "G5",
        "secrets are compared in constant time (timing over HTTP proves nothing): read client_auth.rs, pkce.rs and \
         login.rs, where every comparison is subtle::ConstantTimeEq",
    ),
    (
        "G10",
        "http on loopback is a declared deviation: read the README; there is no TLS to test before v09",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use kit::ladder::{newest, requirements, versions};

    use super::*;
    use crate::check::Keyword;

    const STANDING_RULES: u16 = 13;

    #[test]
    fn every_requirement_is_a_check_or_said_to_be_read() {
        let numbers = |version| (1..=requirements(version)).map(move |n| format!("R{version}.{n}"));
        let mut ids: Vec<String> = versions().flat_map(numbers).collect();
        ids.extend((1..=STANDING_RULES).map(|n| format!("G{n}")));
        let checks = all_checks();
        for id in ids {
            let checked = checks.iter().any(|check| check.id == id);
            let read = BY_READING.iter().any(|entry| entry.0 == id);
            assert!(checked || read, "{id} is neither checked nor listed in BY_READING");
        }
    }

    #[test]
    fn what_is_called_must_or_should_stands_in_an_rfc_or_a_draft() {
        for check in all_checks() {
            let is_law = check.section.contains("RFC ") || check.section.contains("draft-ietf-");
            assert!(
                is_law || check.keyword == Keyword::LabRule,
                "{}: {}",
                check.line(),
                check.section
            );
        }
    }

    #[test]
    fn no_requirement_holds_before_its_version() {
        for check in all_checks() {
            if let Some(number) = check.id.strip_prefix('R') {
                let version =
                    number.split('.').next().and_then(|version| version.parse::<u8>().ok());
                assert!(
                    version.is_some_and(|version| version <= check.first()),
                    "{}",
                    check.line()
                );
            }
            let binds = (1..=newest()).any(|version| check.holds_in(version));
            assert!(binds, "binds no version: {}", check.line());
        }
    }

    #[test]
    fn every_check_has_a_line_of_its_own_and_says_why() {
        let mut lines = HashSet::new();
        for check in all_checks() {
            let line = check.line();
            let sentences = check.must.ends_with('.') && check.why.ends_with('.');
            assert!(
                sentences && !check.title.ends_with('.') && !check.section.is_empty(),
                "{line}"
            );
            assert!(lines.insert(line.clone()), "twice: {line}");
        }
    }

    #[test]
    fn the_unit_tests_that_stand_in_for_a_check_exist() {
        let versions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../versions");
        let mut source = String::new();
        read_all(&versions, &mut source);
        for (id, place) in BY_READING {
            let prefix = format!("{}_", id.to_lowercase().replace('.', "_"));
            for word in place.split_whitespace().filter(|word| word.starts_with(&prefix)) {
                assert!(
                    source.contains(&format!("fn {word}(")),
                    "{id}: there is no unit test {word}"
                );
            }
        }
    }

    fn read_all(folder: &Path, source: &mut String) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                read_all(&path, source);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                source.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
}
