//! What the test program says, as a list of rules.

/// What one check said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, as in `R3.1`.
    pub id: String,
    /// The rule, and its section.
    pub title: String,
    /// Whether the pair obeys.
    pub good: bool,
    /// What was sent, wanted and got, when it does not.
    pub report: String,
}

/// Reads what a test program of ours prints: `test R3_1 title (section) ... ok`, and the reports of those that
/// failed under `---- R3_1 title (section) ----`.
pub fn parse(output: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut report: Option<usize> = None;
    for line in output.lines() {
        if let Some((name, good)) = verdict(line) {
            let (number, title) = name.split_once(' ').unwrap_or((name, ""));
            lines.push(Line {
                id: number.replace('_', "."),
                title: title.into(),
                good,
                report: String::new(),
            });
        } else if let Some(name) =
            line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" ----"))
        {
            let number = name.split(' ').next().unwrap_or_default().replace('_', ".");
            report = lines.iter().position(|line| line.id == number && name.ends_with(&line.title));
        } else if line == "failures:" {
            report = None;
        } else if let Some(index) = report {
            lines[index].report.push_str(line);
            lines[index].report.push('\n');
        }
    }
    // They run at the same time and end in any order; a person reads them in the order of the catalogue.
    lines.sort_by_cached_key(|line| order(&line.id));
    lines
}

/// `R2.5` comes before `R2.10`.
pub fn order(id: &str) -> (char, u32, u32) {
    let letter = id.chars().next().unwrap_or_default();
    let mut numbers = id
        .trim_start_matches(char::is_alphabetic)
        .split('.')
        .map(|text| text.parse().unwrap_or(0));
    (letter, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// The name and verdict in a line of a test program, if it is one.
pub fn verdict(line: &str) -> Option<(&str, bool)> {
    let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    match result.trim() {
        "ok" => Some((name.trim(), true)),
        "FAILED" => Some((name.trim(), false)),
        _ => None,
    }
}

/// Whether a test of this name is a rule of the catalogue: `R3_1 …`, `E6 …`, `G7 …`.
pub fn is_rule(name: &str) -> bool {
    let mut characters = name.chars();
    matches!(characters.next(), Some('R' | 'E' | 'G'))
        && characters.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether one of `only` names the test: `R3`, `R3.1`, or a number and the beginning of the title.
pub fn is_wanted(name: &str, only: &[String]) -> bool {
    let (number, title) = name.split_once(' ').unwrap_or((name, ""));
    let number = number.replace('_', ".");
    only.is_empty()
        || only.iter().any(|wanted| match wanted.split_once(' ') {
            Some((id, rest)) => number == id && title.starts_with(rest),
            None => number == *wanted || number.starts_with(&format!("{wanted}.")),
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const OUTPUT: &str = "
running 3 tests
test R1_2 an unknown client gets a page (RFC 6749 §4.1.2.1) ... ok
test R3_1 a missing challenge is refused (RFC 7636 §4.4.1) ... FAILED
test R3_3 a malformed challenge is refused (RFC 7636 §4.2) ... ok

failures:

---- R3_1 a missing challenge is refused (RFC 7636 §4.4.1) ----
must: refuse
sent:
    GET /authorize

failures:
    R3_1 a missing challenge is refused (RFC 7636 §4.4.1)

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn the_test_programs_output_becomes_a_list() {
        let lines = parse(OUTPUT);
        let short: Vec<_> = lines.iter().map(|line| (line.id.as_str(), line.good)).collect();
        assert_eq!(
            short,
            [
                ("R1.2", true),
                ("R3.1", false),
                ("R3.3", true)
            ]
        );
        assert_eq!(lines[1].report, "must: refuse\nsent:\n    GET /authorize\n\n");
        assert_eq!(lines[1].title, "a missing challenge is refused (RFC 7636 §4.4.1)");
    }

    #[test]
    fn a_rule_is_wanted_by_number_or_by_the_beginning_of_its_title() {
        let wanted = |only: &str| is_wanted("R3_1 a missing challenge", &[only.to_string()]);
        for only in ["R3", "R3.1", "R3.1 a missing"] {
            assert!(wanted(only), "{only}");
        }
        for only in [
            "R",
            "R3.10",
            "R3.",
            "R31",
            "R3.1 missing",
            "R3.2 a missing",
        ] {
            assert!(!wanted(only), "{only}");
        }
        assert!(is_wanted("R3_1 a missing challenge", &[]));
    }

    #[test]
    fn rules_are_told_from_other_tests() {
        assert!(is_rule("R3_1 x") && is_rule("E6 x") && is_rule("G11 x"));
        assert!(!is_rule("attack login-csrf") && !is_rule("README.md") && !is_rule(""));
    }
}
