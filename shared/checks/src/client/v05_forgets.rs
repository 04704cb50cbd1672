//! What the client forgets: tokens that nobody can reach any more.

use serde_json::Value;

use super::stage::Stage;
use crate::browser::Browser;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::origin;
use crate::http::Request;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    vec![Check {
        id: "R5.11",
        title: "a new login and a logout leave no old tokens behind",
        since: 5,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "After two logins in one browser the client holds the tokens of one, after the logout none (/debug/state).",
        why: "Tokens that nobody can reach are still tokens: they wait for a thief.",
        run: |target| Box::pin(forgets(target)),
    }]
}

async fn forgets(target: Target) -> Outcome {
    if target.executables.is_none() {
        return Err(Verdict::skipped(
            "a client of this lab, which shows its tokens in /debug/state",
        ));
    }
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    for _ in 0..2 {
        stage.log_in(&mut browser).await?;
        holds(&stage, &mut browser, 1).await?;
    }
    let logout = Request::form::<&str, &str>(stage.url("/logout"), &[]);
    let logout = logout.header("Origin", origin(&stage.client));
    browser.send(logout).await?.must_be(303)?;
    holds(&stage, &mut browser, 0).await
}

/// The client holds the tokens of so many logins.
async fn holds(stage: &Stage, browser: &mut Browser, wanted: usize) -> Outcome {
    let answer = browser.get(stage.url("/debug/state?format=json")).await?;
    let json = answer.json().unwrap_or_default();
    let tokens = json["storage"]["tokens"].as_object().map(serde_json::Map::<String, Value>::len);
    answer.must(tokens == Some(wanted), format!("storage.tokens with {wanted} rows"))?;
    Ok(())
}
