//! What a check is: one rule, where it stands, why it matters, and a function that judges it.

use std::pin::Pin;
use std::time::Duration;

use kit::ladder::folder;
use kit::{Outcome, Target, Verdict};

/// The future of a check.
pub type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// No check takes longer than this, whatever the other side does.
pub const LONGEST_CHECK: Duration = Duration::from_secs(90);

/// One rule, judged over HTTP.
#[derive(Clone, Debug)]
pub struct Check {
    /// The number in the catalogue of requirements: `R2.1`, `G6`; `E…` are rows of the error contract without a number.
    pub id: &'static str,
    /// The rule in a few words, as the line of `cargo test` shows it.
    pub title: &'static str,
    /// The first version that must obey.
    pub since: u8,
    /// The last version that must obey, if a later one changes the rule.
    pub until: Option<u8>,
    /// Who must obey.
    pub subject: Subject,
    /// How strong the rule is.
    pub keyword: Keyword,
    /// Where the rule stands: `RFC 9700 §2.1`.
    pub section: &'static str,
    /// What must be so, in one sentence.
    pub must: &'static str,
    /// Why it matters, in one sentence.
    pub why: &'static str,
    /// Sends real requests and judges the answers.
    pub run: fn(Target) -> Running,
}

/// Which of the two programs a check judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The authorization server (and its API).
    Server,
    /// The client: the check plays the server.
    Client,
}

/// The strength of a rule (RFC 2119), or that it is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keyword {
    /// The cited section says MUST.
    Must,
    /// The cited section says SHOULD.
    Should,
    /// No RFC asks for it: a rule of this lab.
    LabRule,
}

impl Keyword {
    /// From the strictest to what is ours alone.
    pub const ALL: [Keyword; 3] = [
        Keyword::Must,
        Keyword::Should,
        Keyword::LabRule,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Keyword::Must => "MUST",
            Keyword::Should => "SHOULD",
            Keyword::LabRule => "lab rule",
        }
    }

    /// What `--level` calls it: how far down to judge.
    pub fn level(self) -> &'static str {
        match self {
            Keyword::Must => "must",
            Keyword::Should => "should",
            Keyword::LabRule => "lab",
        }
    }
}

impl Check {
    /// The name as a line of `cargo test`: `R2_1 state comes back byte for byte (RFC 6749 §4.1.2)`.
    pub fn line(&self) -> String {
        format!("{} {} ({})", self.id.replace('.', "_"), self.title, self.section)
    }

    /// Does this rule bind the given version?
    pub fn holds_in(&self, version: u8) -> bool {
        self.since <= version && self.until.is_none_or(|last| version <= last)
    }

    /// The chapter that teaches the rule: the README of the first version that has it.
    pub fn chapter(&self) -> String {
        format!("versions/{}/README.md", folder(self.since))
    }
}

/// Runs one check and always comes back with a verdict: a check that hangs or panics has failed.
pub async fn run_check(check: &Check, target: &Target) -> Outcome {
    let mut target = target.clone();
    target.rule = check.since;
    target.exact = check.keyword == Keyword::LabRule;
    let task = tokio::spawn((check.run)(target));
    let abort = task.abort_handle();
    match tokio::time::timeout(LONGEST_CHECK, task).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(trouble)) => Err(Verdict::failed(
            "the whole check",
            check.must,
            format!("the check itself broke down: {trouble}"),
        )),
        Err(_) => {
            abort.abort();
            let seconds = LONGEST_CHECK.as_secs();
            Err(Verdict::failed(
                "the whole check",
                check.must,
                format!("no result after {seconds} seconds"),
            ))
        }
    }
}
