//! What the client's log shows, and what it does not.

use super::stage::Stage;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::base64;
use crate::encoding::encode;
use crate::encoding::origin;
use crate::encoding::random;
use crate::http::Request;
use crate::play::RefreshTokens;
use crate::target::Target;

/// More characters of a secret than this must not stand in a log, wherever in the secret they are.
const MOST_SHOWN: usize = 6;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    vec![Check {
        id: "E9",
        title: "the client's log shows every message and no secret",
        since: 1,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::LabRule,
        section: "RFC 9700 §4.3.2",
        must: "After whole flows, refusals and secrets in addresses and forms, the log has a line for each message, and of no code, verifier, token, secret or cookie more than six characters.",
        why: "Logs are copied and kept, and many people read them.",
        run: |target| Box::pin(no_secret(target)),
    }]
}

async fn no_secret(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "its log is read").await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    let mut secrets = vec![target.demo.client_secret.clone().unwrap_or_default()];
    for _ in 0..2 {
        let begun = stage.begin(&mut browser).await?;
        secrets.push(begun.code());
        secrets.extend(browser.cookies().iter().map(|cookie| cookie.value.clone()));
        let answer = browser.get(begun.callback.clone()).await?;
        stage.accepted(&mut browser, &begun.code(), answer).await?;
        secrets.extend(browser.cookies().iter().map(|cookie| cookie.value.clone()));
        // Refused ones are told as well.
        browser.get(format!("{}x", begun.callback)).await?;
    }
    visit(&stage, &mut browser).await?;
    secrets.extend(lost(&stage, &mut browser).await?);
    secrets.extend(sent(&stage));
    secrets.extend(stage.play.issued());
    // The line follows the answer: it may still be on its way through the pipe.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    judge(&stage, &secrets)
}

/// Everything that the client does with its tokens in this version.
async fn visit(stage: &Stage, browser: &mut crate::browser::Browser) -> Outcome {
    if stage.reaches(6) {
        stage.press(browser, "/refresh", &[]).await?;
    }
    if stage.reaches(5) {
        stage.shows_user(browser).await?;
    }
    if stage.reaches(4) {
        stage.press(browser, "/logout", &[]).await?;
    }
    Ok(())
}

/// Secrets do not belong into addresses, nor into forms of this client. Whoever puts them there must not find them in
/// the log as well.
async fn lost(
    stage: &Stage,
    browser: &mut crate::browser::Browser,
) -> Result<Vec<String>, Verdict> {
    let secrets: Vec<String> = (0..4).map(|_| random()).collect();
    for name in [
        "access_token",
        "refresh_token",
        "code",
        "code_verifier",
        "password",
        "client_secret",
        "colour",
    ] {
        browser.get(format!("{}?{name}={}", stage.url("/"), encode(&secrets[0]))).await?;
        let form = Request::form(stage.url("/logout"), &[(name, &secrets[1])]);
        browser.send(form.header("Origin", origin(&stage.client))).await?;
    }
    let bearer = Request::get(stage.url("/")).bearer(&secrets[2]);
    browser.send(bearer).await?;
    browser.get(stage.url(&format!("/no-such-page?x={}", secrets[3]))).await?;
    Ok(secrets)
}

/// What the client sent on the back channel: the verifier, and its credentials as they travel.
fn sent(stage: &Stage) -> Vec<String> {
    let requests = stage.play.heard_at("/token");
    let verifiers = requests.iter().filter_map(|request| request.form("code_verifier"));
    let mut secrets: Vec<String> = verifiers.map(str::to_owned).collect();
    let headers = requests.iter().filter_map(|request| request.header("authorization"));
    secrets.extend(headers.filter_map(|it| it.split_once(' ').map(|parts| parts.1.to_owned())));
    secrets.push(base64(b"demo-client:demo-secret"));
    secrets
}

fn judge(stage: &Stage, secrets: &[String]) -> Outcome {
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
    for line in log.lines() {
        if let Some(secret) = secrets.iter().find(|secret| shows(line, secret)) {
            let wanted = format!("at most {MOST_SHOWN} characters of {secret}");
            return Err(Verdict::failed("whole flows", wanted, line));
        }
    }
    Ok(())
}

/// Does the line hold more of the secret than may be shown?
fn shows(line: &str, secret: &str) -> bool {
    let characters: Vec<char> = secret.chars().collect();
    characters.windows(MOST_SHOWN + 1).any(|window| {
        let window: String = window.iter().collect();
        line.contains(&window)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_characters_may_be_shown_and_seven_not() {
        assert!(!shows("code=abcdef…", "abcdefghij"));
        assert!(shows("code=abcdefg…", "abcdefghij"));
        assert!(shows("…defghij", "abcdefghij"));
        assert!(!shows("nothing", "short"));
    }
}
