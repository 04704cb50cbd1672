//! The checks, run on a pair by `lab-judge`, a program of the crate `checks`.
//!
//! It is a program of its own because `lab` is built first of all on a learner's machine and stays small.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::breaks::declared;
use crate::error::Error;
use crate::process::cargo;
use crate::versions::Version;

/// The name of the case that is no check: what a user sees when nobody attacks.
pub const HONEST: &str = "honest flow";

/// `lab-judge`, built and ready.
#[derive(Clone, Debug)]
pub struct Judge(pub PathBuf);

/// A check as the judge lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// `check` or `attack`.
    pub kind: String,
    /// The first version that it binds.
    pub since: u32,
    /// The last one, if there is one.
    pub until: Option<u32>,
    /// Number and title of a check; `attack` and the name of an attack.
    pub name: String,
    /// Where the rule stands.
    pub section: String,
    /// What must be so; of an attack its story.
    pub must: String,
    /// Why.
    pub why: String,
}

/// What the judge found about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The case: a check, an attack or the honest flow.
    pub name: String,
    /// How it ended.
    pub finding: Finding,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The rule holds; an attack was stopped.
    Holds,
    /// The rule is broken.
    Broken {
        /// What was sent.
        sent: String,
        /// What the rule asks for.
        wanted: String,
        /// What came back.
        got: String,
    },
    /// An attack succeeded.
    Succeeded {
        /// What shows it.
        evidence: String,
    },
    /// Nobody can say.
    Unclear {
        /// Why.
        why: String,
    },
}

impl Verdict {
    /// Whether the break made this happen.
    pub fn turned(&self) -> bool {
        matches!(self.finding, Finding::Broken { .. } | Finding::Succeeded { .. })
    }
}

impl Judge {
    /// Builds it, with cargo's progress on the screen.
    ///
    /// # Errors
    /// The build fails.
    pub fn build(root: &Path) -> Result<Judge, Error> {
        let built = cargo::build(root, &["lab-judge"], false)?;
        Ok(Judge(built.into_iter().next().unwrap_or_default()))
    }

    /// Every check and attack there is.
    ///
    /// # Errors
    /// The judge cannot be called.
    pub fn list(&self) -> Result<Vec<Listed>, Error> {
        let output = Command::new(&self.0).arg("list").output();
        let output = output.map_err(|error| Error::file("start", &self.0, error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(fields).map(|fields| listed(&fields)).collect())
    }

    /// Judges a pair by `cases`.
    ///
    /// # Errors
    /// The judge cannot be called, does not know a case, or the pair does not start: what it said.
    pub fn judge(
        &self,
        version: &Version,
        server: &Path,
        client: &Path,
        cases: &[String],
    ) -> Result<Vec<Verdict>, Error> {
        let mut command = Command::new(&self.0);
        cargo::forget_lab(&mut command);
        command.arg(declared::number(version).to_string()).arg(server).arg(client).args(cases);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Error::file("start", &self.0, error))?;
        let output = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let lines = output.lines().map_while(Result::ok);
        let verdicts: Vec<Verdict> = lines.map(|line| verdict(&fields(&line))).collect();
        let output =
            child.wait_with_output().map_err(|error| Error::file("run", &self.0, error))?;
        match output.status.success() {
            true => Ok(verdicts),
            false => {
                let said = String::from_utf8_lossy(&output.stderr);
                let status = output.status;
                Err(Error::Program(format!(
                    "The checks could not be run ({status}).\n{}",
                    said.trim()
                )))
            }
        }
    }
}

/// The fields of a line, with what was escaped in them.
fn fields(line: &str) -> Vec<String> {
    line.split('\t').map(unescape).collect()
}

fn unescape(field: &str) -> String {
    let mut text = String::new();
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => {}
            },
            character => text.push(character),
        }
    }
    text
}

fn listed(fields: &[String]) -> Listed {
    let field = |index: usize| fields.get(index).cloned().unwrap_or_default();
    Listed {
        kind: field(0),
        since: field(1).parse().unwrap_or_default(),
        until: field(2).parse().ok(),
        name: field(4),
        section: field(5),
        must: field(6),
        why: field(7),
    }
}

fn verdict(fields: &[String]) -> Verdict {
    let field = |index: usize| fields.get(index).cloned().unwrap_or_default();
    let finding = match field(1).as_str() {
        "pass" | "stopped" => Finding::Holds,
        "fail" => Finding::Broken {
            sent: field(2),
            wanted: field(3),
            got: field(4),
        },
        "succeeded" => Finding::Succeeded { evidence: field(2) },
        "skip" => Finding::Unclear {
            why: format!("it needs {}", field(2)),
        },
        _ => Finding::Unclear { why: field(2) },
    };
    Verdict {
        name: field(0),
        finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_judge_is_a_verdict() {
        let line = "R1.1 a\tfail\tGET /a\\nHost: b\ta\\\\b\t404";
        let expected = Finding::Broken {
            sent: "GET /a\nHost: b".into(),
            wanted: "a\\b".into(),
            got: "404".into(),
        };
        let found = verdict(&fields(line));
        assert_eq!((found.name.as_str(), &found.finding), ("R1.1 a", &expected));
        assert!(found.turned());
        assert!(!verdict(&fields("R1.1 a\tpass")).turned());
        assert!(!verdict(&fields("R1.1 a\tskip\ta log")).turned());
    }
}
