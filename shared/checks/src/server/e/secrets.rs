//! E9: what the log does not show.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::encode;
use crate::http::Request;
use crate::server::support::must;
use crate::target::Target;

pub const CHECKS: &[Check] = &[Check {
    id: "E9",
    title: "the log shows every message and no secret",
    since: 1,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::LabRule,
    section: "RFC 9700 §4.3.2",
    must: "After a whole flow and a token in an address, the log has a line for each message, and in it no password, code, token or secret as a whole.",
    why: "Logs are copied and kept, and many people read them.",
    run: |target| Box::pin(no_secret(target)),
}];

async fn no_secret(target: Target) -> Outcome {
    // Without its log there is nothing to judge, so a server of somebody else is not even asked.
    let server = &target.pair()?.server;
    let grant = target.code().await?;
    let mut secrets = vec![
        grant.code.clone(),
        grant.code_verifier.clone(),
    ];
    if target.version >= 4 {
        secrets.push(target.tokens_for(&target.redeem(&grant)).await?.access_token);
    }
    // Secrets do not belong into an address. Whoever puts one there must not find it in the log as well.
    let lost = crate::encoding::random();
    for name in [
        "access_token",
        "refresh_token",
        "code",
        "password",
        "client_secret",
        "colour",
    ] {
        let url = target.url(&format!("/welcome?{name}={}", encode(&lost)));
        target.http.send(Request::get(url)).await?;
    }
    secrets.push(lost);
    // The line follows the answer: it may still be on its way through the pipe.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let text = server.log();
    must(text.contains("/welcome?colour="), "a request", "a line in the log", "none")?;
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(&secret));
        must(line.is_none(), "a whole flow", "a log without secrets", line.unwrap_or_default())?;
    }
    Ok(())
}
