//! What was found: a verdict for each check, and which failures have one cause.

use std::collections::BTreeMap;

use checks::{Check, Keyword};
use kit::{Outcome, Verdict};

/// How the need for other settings begins.
const OTHER_SETTINGS: &str = "a server started with ";

/// A check and what came of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// Its verdict.
    pub outcome: Outcome,
    /// The number of the earlier check that failed in the very same way, if one did.
    pub like: Option<&'static str>,
}

/// All findings so far.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order in which they are told.
    pub all: Vec<Finding>,
    causes: Vec<(String, &'static str)>,
}

/// How the rules of one keyword came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// They hold.
    pub held: usize,
    /// They are broken.
    pub failed: usize,
    /// Nobody can say.
    pub skipped: usize,
}

impl Findings {
    /// Adds a finding, and returns it with the earlier failure that it is like.
    pub fn add(&mut self, check: Check, outcome: Outcome) -> Finding {
        let mut like = None;
        if let Some(cause) = outcome.as_ref().err().and_then(cause) {
            like = self.causes.iter().find(|known| known.0 == cause).map(|known| known.1);
            if like.is_none() {
                self.causes.push((cause, check.id));
            }
        }
        let finding = Finding {
            check,
            outcome,
            like,
        };
        self.all.push(finding.clone());
        finding
    }

    /// How the rules of one keyword came out.
    pub fn sum(&self, keyword: Keyword) -> Sum {
        let mut sum = Sum::default();
        for finding in self.all.iter().filter(|finding| finding.check.keyword == keyword) {
            match &finding.outcome {
                Ok(()) => sum.held += 1,
                Err(Verdict::Failed { .. }) => sum.failed += 1,
                Err(Verdict::Skipped { .. }) => sum.skipped += 1,
            }
        }
        sum
    }

    /// Those that failed and count, if rules count as far down as `level`.
    pub fn counted(&self, level: Keyword) -> usize {
        self.failed().iter().filter(|finding| finding.check.keyword <= level).count()
    }

    /// What the skipped ones need, and how many need it.
    pub fn needs(&self) -> BTreeMap<&str, usize> {
        let mut needs = BTreeMap::new();
        for (_, need) in self.skipped() {
            // Which setting it is says the line of the check.
            let need = if need.starts_with(OTHER_SETTINGS) {
                "a server that the checks start themselves, with other settings"
            } else {
                need
            };
            *needs.entry(need).or_default() += 1;
        }
        needs
    }

    /// How many rules hold.
    pub fn held(&self) -> usize {
        self.all.iter().filter(|finding| finding.outcome.is_ok()).count()
    }

    /// Those that failed.
    pub fn failed(&self) -> Vec<&Finding> {
        let failed = |finding: &&Finding| matches!(finding.outcome, Err(Verdict::Failed { .. }));
        self.all.iter().filter(failed).collect()
    }

    /// Those that were skipped, with what they need.
    pub fn skipped<'a>(&'a self) -> Vec<(&'a Finding, &'a str)> {
        let needs = |finding: &'a Finding| match &finding.outcome {
            Err(Verdict::Skipped { needs }) => Some((finding, needs.as_str())),
            _ => None,
        };
        self.all.iter().filter_map(needs).collect()
    }
}

/// What two failures share when they have the same cause: the request that went wrong (method and path), what was wanted
/// of it, and the first line of what came.
fn cause(verdict: &Verdict) -> Option<String> {
    let Verdict::Failed { sent, wanted, got } = verdict else {
        return None;
    };
    // Each check may have a pair of its own, on other ports.
    let wanted = without_ports(wanted);
    let is_request = |line: &&str| line.contains(" http://") && !line.contains(" -> ");
    let request = without_ports(sent.lines().rfind(is_request)?);
    let end = request.find('?').unwrap_or(request.len());
    let answer = got.lines().next().unwrap_or_default();
    // Where nothing is, whatever was wanted of it is missing: one cause, by every method.
    let place = request[..end].split_once(' ').map_or("", |parts| parts.1);
    if answer == "404" && !wanted.contains("404") {
        return Some(format!("{place} | {answer}"));
    }
    // What stands in brackets is detail: which of many hangs it was, how the system calls a closed connection.
    let answer = answer.split(" (").next().unwrap_or_default();
    Some(format!("{} | {wanted} | {answer}", &request[..end]))
}

/// `http://localhost/start` of `http://localhost:27702/start`.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("http://localhost:");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.fold(first, |text, part| format!("{text}http://localhost{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use checks::all_checks;

    #[test]
    fn only_the_same_request_wish_and_answer_count_as_one_cause() {
        let checks = all_checks();
        let mut findings = Findings::default();
        let mut like = |sent: &str, wanted: &str, got: &str| {
            let outcome = Err(Verdict::failed(sent, wanted, got));
            findings.add(checks[findings.all.len()], outcome).like
        };
        let story =
            "GET http://h/authorize?x -> 303 /login\nPOST http://h/token\nContent-Type: x\n\ncode=";
        assert_eq!(like(story, "a token", "404\n\nno such page"), None);
        assert_eq!(like("POST http://h/token?y", "a token", "404\n\nother"), Some(checks[0].id));
        assert_eq!(like("POST http://h/token", "a token", "500"), None);
        assert_eq!(like("GET http://h/token", "an error", "404"), Some(checks[0].id));
        assert_eq!(like("POST http://h/token", "an error", "500"), None);
        assert_eq!(like("GET http://h/none", "a small 404 page", "404"), None);
        assert_eq!(like("GET http://localhost:1/start", "state", "303"), None);
        assert!(like("GET http://localhost:22/start", "state", "303").is_some());
    }
}
