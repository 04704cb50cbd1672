//! What the client's log shows, and what it does not.

use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::{encode, origin, random};
use kit::ladder::Capability;
use kit::play::RefreshTokens;
use kit::secrets::Secrets;
use kit::{Browser, Outcome, Request, Target, Verdict};

rule!(
    Check::client("E9", "the client's log shows every message and no secret")
        .lab_rule("RFC 9700 §4.3.2", "After whole flows, refusals and secrets in addresses and forms, the log has a line for each message and /debug/flow shows it, and nowhere eight characters in a row of a code, state, verifier, token, client secret or cookie.")
        .why("Logs are copied and kept, and many people read them.")
        .run(|target| Box::pin(no_secret(target)))
);
async fn no_secret(target: Target) -> Outcome {
    if target.executables.is_none() {
        return Err(Verdict::skipped("a client of this lab: its log is read"));
    }
    let client_secret = random();
    let stage = Stage::open_with(&target, &[("CLIENT_SECRET", &client_secret)]).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    let mut secrets = Secrets::new();
    secrets.add("the client's secret", &client_secret);
    for _ in 0..2 {
        let begun = stage.begin(&mut browser).await?;
        secrets.add("code", begun.code());
        secrets.add("state", begun.asked("state").unwrap_or_default());
        cookies(&browser, &mut secrets);
        let answer = browser.get(begun.callback.clone()).await?;
        stage.accepted(&mut browser, &begun.code(), answer).await?;
        cookies(&browser, &mut secrets);
        // Refused ones are told as well.
        browser.get(format!("{}x", begun.callback)).await?;
    }
    visit(&stage, &mut browser).await?;
    lost(&stage, &mut browser, &mut secrets).await?;
    sent(&stage, &mut secrets);
    // The line follows the answer: it may still be on its way through the pipe.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    judge(&stage, &secrets, &whole_flow(&stage, &mut browser).await?)
}

/// What the diagram shows of it: as a page, and as what its processes tell each other.
async fn whole_flow(stage: &Stage, browser: &mut Browser) -> Result<String, Verdict> {
    let mut told = String::new();
    for query in ["", "?format=json"] {
        let url = stage.url(&format!("/debug/flow{query}"));
        let answer = browser.send(Request::get(url).header("Accept", "text/html")).await?;
        let all = ["/start", "/callback"].iter().all(|path| answer.body.contains(path));
        answer.must(answer.status == 200 && all, "200, with each message of the flow")?;
        told.push_str(&answer.body.replace(['>', ','], ",\n"));
    }
    // The played server's tokens are called as the diagram calls all tokens. A long line ends in the middle of a name.
    for name in ["access-token", "refresh-token"] {
        told = told.replace(name, "");
        for end in 1..name.len() {
            told = told.replace(&format!("{}…", &name[..end]), "…");
        }
    }
    Ok(told)
}

fn cookies(browser: &Browser, secrets: &mut Secrets) {
    for cookie in browser.cookies() {
        secrets.add("session cookie", &cookie.value);
    }
}

/// Everything that the client does with its tokens in this version.
async fn visit(stage: &Stage, browser: &mut Browser) -> Outcome {
    if stage.reaches(Capability::Refresh) {
        stage.press(browser, "/refresh", &[]).await?;
    }
    if stage.reaches(Capability::ProtectedApi) {
        stage.shows_user(browser).await?;
    }
    if stage.reaches(Capability::TokenEndpoint) {
        stage.press(browser, "/logout", &[]).await?;
    }
    Ok(())
}

/// Secrets do not belong into addresses, nor into forms of this client. Whoever puts them there must not find them in
/// the log as well.
async fn lost(stage: &Stage, browser: &mut Browser, secrets: &mut Secrets) -> Outcome {
    let lost: Vec<String> = (0..4).map(|_| random()).collect();
    for name in [
        "access_token",
        "refresh_token",
        "code",
        "code_verifier",
        "password",
        "client_secret",
        "colour",
    ] {
        browser.get(format!("{}?{name}={}", stage.url("/"), encode(&lost[0]))).await?;
        let form = Request::form(stage.url("/logout"), &[(name, &lost[1])]);
        browser.send(form.header("Origin", origin(&stage.client))).await?;
    }
    let bearer = Request::get(stage.url("/")).bearer(&lost[2]);
    browser.send(bearer).await?;
    browser.get(stage.url(&format!("/no-such-page?x={}", lost[3]))).await?;
    for secret in lost {
        secrets.add("a secret in the wrong place", secret);
    }
    Ok(())
}

/// What went over the back channel: verifiers, the client's credentials as they travel, and the tokens.
fn sent(stage: &Stage, secrets: &mut Secrets) {
    for request in stage.play.heard_at("/token") {
        secrets.add("code_verifier", request.form("code_verifier").unwrap_or_default());
        let basic = request.header("authorization").and_then(|it| it.split_once(' '));
        secrets.add("the client's secret by Basic", basic.map_or("", |parts| parts.1));
    }
    for token in stage.play.issued() {
        secrets.add("token", token);
    }
}

fn judge(stage: &Stage, secrets: &Secrets, flow: &str) -> Outcome {
    let log = stage.log()?;
    let mut wanted = vec!["/start", "/callback", "colour="];
    wanted.extend(["/token", "/api/me"].into_iter().take(match stage.version {
        ..4 => 0,
        4 => 1,
        _ => 2,
    }));
    for line in wanted {
        if !log.contains(line) {
            return Err(Verdict::failed("whole flows", format!("a line with {line}"), log));
        }
    }
    match secrets.found_in(&log).or_else(|| secrets.found_in(flow)) {
        None => Ok(()),
        Some(found) => {
            Err(Verdict::failed("whole flows", "a log and a diagram without secrets", found))
        }
    }
}
