//! What a check is: one rule, where it stands, why it matters, and a function that judges it.

use std::panic::Location;
use std::pin::Pin;
use std::time::Duration;

use kit::engine::Kind;
use kit::ladder::{Capability, folder, newest};
use kit::turn::Turn;
use kit::{Outcome, Target, Verdict};

/// The future of a check.
pub type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// No check takes longer than this for a round, whatever the other side does.
pub const LONGEST_ROUND: Duration = Duration::from_secs(90);

/// How often a check of a race repeats the whole of it: `LAB_R8_ROUNDS`, for whoever wants to be sure. Mostly once.
pub fn rounds() -> u16 {
    let rounds = std::env::var("LAB_R8_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(1).max(1)
}

/// One rule, judged over HTTP. It is declared by [`rule!`](crate::rule), directly above the function that judges it.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The number in the catalogue of requirements: `R2.1`, `G6`; `E…` are rows of the error contract without a number.
    pub id: &'static str,
    /// The rule in a few words, as the line of `cargo test` shows it.
    pub title: &'static str,
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
    /// Where the rule is declared, and tested right below.
    pub place: &'static Location<'static>,
    since: Option<Capability>,
    before: Option<Capability>,
    needs: Option<Kind>,
    alone: bool,
}

inventory::collect!(Check);

/// Declares a rule: `rule!(Check::server("R2.1", "…").must("RFC 6749 §4.1.2", "….").why("….").run(|target| …))`.
///
/// The registry finds it wherever it stands.
#[macro_export]
macro_rules! rule {
    ($check:expr) => {
        inventory::submit!($check);
    };
}

/// Which of the two programs a check judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A rule for the authorization server. `R5.1` binds from v05 on, `E…` and `G…` from the first version on.
    #[track_caller]
    pub const fn server(id: &'static str, title: &'static str) -> Check {
        Check {
            id,
            title,
            subject: Subject::Server,
            keyword: Keyword::LabRule,
            section: "",
            must: "",
            why: "",
            run: |_| Box::pin(async { Err(Verdict::skipped("a function that judges the rule")) }),
            place: Location::caller(),
            since: None,
            before: None,
            needs: None,
            alone: false,
        }
    }

    /// A rule for the client.
    #[track_caller]
    pub const fn client(id: &'static str, title: &'static str) -> Check {
        Check {
            place: Location::caller(),
            subject: Subject::Client,
            ..Check::server(id, title)
        }
    }

    /// The section says MUST. `text` says of what, in one sentence.
    pub const fn must(self, section: &'static str, text: &'static str) -> Check {
        self.with(Keyword::Must, section, text)
    }

    /// The section says SHOULD.
    pub const fn should(self, section: &'static str, text: &'static str) -> Check {
        self.with(Keyword::Should, section, text)
    }

    /// No RFC asks for it in these words: a rule of this lab. `section` says what it builds on.
    pub const fn lab_rule(self, section: &'static str, text: &'static str) -> Check {
        self.with(Keyword::LabRule, section, text)
    }

    const fn with(self, keyword: Keyword, section: &'static str, must: &'static str) -> Check {
        Check {
            keyword,
            section,
            must,
            ..self
        }
    }

    /// Why it matters, in one sentence.
    pub const fn why(self, why: &'static str) -> Check {
        Check { why, ..self }
    }

    /// Binds the versions that have this, not all from the number's own on.
    pub const fn since(self, capability: Capability) -> Check {
        Check {
            since: Some(capability),
            ..self
        }
    }

    /// Binds until this arrives: a later version changes the rule.
    pub const fn before(self, capability: Capability) -> Check {
        Check {
            before: Some(capability),
            ..self
        }
    }

    /// It is judged on a store of this kind, and where there is none it cannot be judged.
    pub const fn needs(self, kind: Kind) -> Check {
        Check {
            needs: Some(kind),
            ..self
        }
    }

    /// It speaks of time, or of what happens as long as nothing disturbs: no other check and no attack runs beside it.
    pub const fn alone(self) -> Check {
        Check {
            alone: true,
            ..self
        }
    }

    /// Whether no other check and no attack may run beside it.
    pub fn is_alone(&self) -> bool {
        self.alone
    }

    /// What must be installed here before it can be judged. None where all is there, or where it must be there.
    pub fn left_out(&self) -> Option<&'static str> {
        self.needs.and_then(Kind::left_out)
    }

    /// What sends the requests and judges the answers.
    pub const fn run(self, run: fn(Target) -> Running) -> Check {
        Check { run, ..self }
    }

    /// The first version that must obey: 3 for v03.
    pub fn first(&self) -> u8 {
        let digits = self.id.strip_prefix('R').and_then(|id| id.split('.').next());
        let of_the_number = digits.and_then(|digits| digits.parse().ok()).unwrap_or(1);
        self.since.map_or(of_the_number, Capability::first)
    }

    /// The name as a line of `cargo test`: `R2_1 state comes back byte for byte (RFC 6749 §4.1.2)`.
    pub fn line(&self) -> String {
        format!("{} {} ({})", self.id.replace('.', "_"), self.title, self.section)
    }

    /// Does this rule bind the given version?
    pub fn holds_in(&self, version: u8) -> bool {
        self.first() <= version && self.before.is_none_or(|later| version < later.first())
    }

    /// The last version that must obey, if a later one changes the rule.
    pub fn last(&self) -> Option<u8> {
        let versions = self.first()..=newest();
        versions.rev().find(|version| self.holds_in(*version)).filter(|last| *last < newest())
    }

    /// The chapter that teaches the rule: the README of the first version that has it.
    pub fn chapter(&self) -> String {
        format!("versions/{}/README.md", folder(self.first()))
    }
}

/// Runs one check and always comes back with a verdict: a check that hangs or panics has failed.
pub async fn run_check(check: &Check, target: &Target) -> Outcome {
    let mut target = target.clone();
    target.rule = check.first();
    target.exact = check.keyword == Keyword::LabRule;
    let _turn = match check.alone {
        true => Turn::alone().await,
        false => Turn::beside_others().await,
    };
    let task = tokio::spawn((check.run)(target));
    let abort = task.abort_handle();
    let longest = LONGEST_ROUND * u32::from(rounds());
    match tokio::time::timeout(longest, task).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(trouble)) => Err(Verdict::failed(
            "the whole check",
            check.must,
            format!("the check itself broke down: {trouble}"),
        )),
        Err(_) => {
            abort.abort();
            let seconds = longest.as_secs();
            Err(Verdict::failed(
                "the whole check",
                check.must,
                format!("no result after {seconds} seconds"),
            ))
        }
    }
}
