//! The findings for programs: one JSON document.

use crate::check::findings::{Finding, Findings};
use crate::check::outside::options::Options;
use checks::{Keyword, Subject};
use kit::Verdict;
use serde_json::{Value, json};

/// Everything that was found.
pub fn document(options: &Options, notes: &[String], findings: &Findings) -> Value {
    json!({
        "version": format!("v{:02}", options.version),
        "server": options.server,
        "client": options.play_server.map(|_| &options.client),
        "level": options.level.map_or("should", Keyword::level),
        "notes": notes,
        "summary": {
            "held": findings.held(),
            "failed": findings.failed().len(),
            "skipped": findings.skipped().len(),
            "by_keyword": by_keyword(findings),
            "skipped_because_of": findings.needs(),
        },
        "checks": findings.all.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// Nothing could be judged.
pub fn trouble(options: &Options, text: &str) -> Value {
    json!({ "version": format!("v{:02}", options.version), "server": options.server, "trouble": text, "checks": [] })
}

fn by_keyword(findings: &Findings) -> Value {
    let sum = |keyword: Keyword| {
        let sum = findings.sum(keyword);
        let counts = json!({ "held": sum.held, "failed": sum.failed, "skipped": sum.skipped });
        (keyword.name().to_owned(), counts)
    };
    Keyword::ALL.map(sum).into_iter().collect()
}

fn entry(finding: &Finding) -> Value {
    let check = &finding.check;
    let mut entry = json!({
        "id": check.id,
        "title": check.title,
        "since": format!("v{:02}", check.first()),
        "subject": match check.subject {
            Subject::Server => "server",
            Subject::Client => "client",
        },
        "keyword": check.keyword.name(),
        "section": check.section,
        "must": check.must,
        "why": check.why,
        "read": check.chapter(),
    });
    match &finding.outcome {
        Ok(()) => entry["verdict"] = json!("held"),
        Err(Verdict::Failed { sent, wanted, got }) => {
            entry["verdict"] = json!("failed");
            entry["sent"] = json!(sent);
            entry["wanted"] = json!(wanted);
            entry["got"] = json!(got);
            entry["like"] = json!(finding.like);
        }
        Err(Verdict::Skipped { needs }) => {
            entry["verdict"] = json!("skipped");
            entry["needs"] = json!(needs);
        }
    }
    entry
}
