//! R4.10: a code that comes a second time means that somebody has a copy.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::random;
use crate::server::support::must_be_alive;
use crate::server::support::patiently;
use crate::target::Target;
use crate::target::outlive;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R4.10",
        title: "a code works once, and its replay kills the first token",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Should,
        section: "RFC 6749 §4.1.2",
        must: "A second valid redemption gets 400 invalid_grant, and the token of the first is dead.",
        why: "Two hold the code, one of them is a thief, and nobody knows who came first.",
        run: |target| Box::pin(replay(target)),
    },
    Check {
        id: "R4.10",
        title: "a replay with a wrong verifier or client kills nothing",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Should,
        section: "draft-ietf-oauth-v2-1 §7.5.2",
        must: "A used code with a wrong verifier, redirect_uri or client: 400 invalid_grant, and the first token still works.",
        why: "Who merely saw the code could otherwise log its owner out.",
        run: |target| Box::pin(harmless_replay(target)),
    },
    Check {
        id: "R4.10",
        title: "a replay is recognised after the code's own lifetime",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 §4.1.2",
        must: "A used code is remembered as long as its token lives: a replay after the code's lifetime still kills the token.",
        why: "A copy of a code may turn up late; the token is worth protecting until its end.",
        run: |target| Box::pin(patiently(move |seconds| late_replay(target.clone(), seconds))),
    },
];

async fn replay(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    let mut apps = vec![target.demo.clone()];
    apps.extend(target.public().ok().cloned());
    for app in apps {
        let grant = target.code_of(&app).await?;
        let request = target.redeem(&grant);
        let first = target.tokens_for(&request).await?;
        must_be_alive(&target, &first.access_token, true, "a token that was just issued").await?;
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
        must_be_alive(
            &target,
            &first.access_token,
            false,
            "the first token, after the replay of its code",
        )
        .await?;
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    must_be_alive(
        &target,
        &neighbour.access_token,
        true,
        "the token of another code, after the replay",
    )
    .await
}

async fn harmless_replay(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let first = target.tokens_for(&good).await?;
    let mut wrong = vec![
        good.clone().set("code_verifier", random()),
        good.clone().set("redirect_uri", "http://evil.example/"),
    ];
    if let Ok(other) = target.other() {
        wrong.push(
            good.clone()
                .basic(&other.client_id, other.client_secret.as_deref().unwrap_or_default()),
        );
    }
    // More often than the five wrong tries that burn an unused code.
    for request in wrong.iter().cycle().take(7) {
        target.send(request).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    must_be_alive(
        &target,
        &first.access_token,
        true,
        "the first token, after replays that were wrong",
    )
    .await?;
    target.send(&good).await?.must_be_oauth_error(400, "invalid_grant")?;
    must_be_alive(
        &target,
        &first.access_token,
        false,
        "the first token, after seven replays that were wrong and one that was right",
    )
    .await
}

async fn late_replay(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_CODE", &seconds.to_string())]).await?;
    let grant = target.code().await?;
    let request = target.redeem(&grant);
    let first = target.tokens_for(&request).await?;
    outlive(seconds).await;
    must_be_alive(&target, &first.access_token, true, "the token, after the lifetime of its code")
        .await?;
    target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    must_be_alive(&target, &first.access_token, false, "the token, after a late replay of its code")
        .await
}
