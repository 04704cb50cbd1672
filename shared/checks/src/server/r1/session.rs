//! R1.12: a session id that somebody planted is worth nothing.

use crate::server::support::{is_logged_in, must};
use crate::{Check, rule};
use kit::encoding::host;
use kit::{Browser, Outcome, Target, Verdict};

/// A browser that has a session already is not asked for a password by an authorization request.
async fn can_log_in_anew(target: &Target) -> Outcome {
    let direct = target.log_in_directly(&mut target.browser(), target.user()?).await;
    if direct.is_err() && target.pair.is_none() {
        return Err(Verdict::skipped("a /login that works without an authorization request (E5)"));
    }
    Ok(())
}

rule!(
    Check::server("R1.12", "the session id changes at login and the old one is dead")
        .lab_rule("OWASP session management", "Whoever logs in with somebody else's session cookie gets a new one, and the old one is no longer logged in.")
        .why("Session fixation: the attacker plants an id, the victim logs in with it, and both share the session.")
        .run(|target| Box::pin(planted_live_session(target)))
);
async fn planted_live_session(target: Target) -> Outcome {
    can_log_in_anew(&target).await?;
    let mut attacker = target.browser();
    let attackers_user = target.users.last().map_or(target.user()?, |user| user);
    target.log_in(&mut attacker, attackers_user).await?;
    must(
        is_logged_in(&target, &mut attacker).await?,
        "a login, then /authorize",
        "a code",
        "no session",
    )?;

    let mut victim = target.browser();
    for cookie in attacker.cookies() {
        victim.plant(host(&target.server), &cookie.name, &cookie.value);
    }
    target.log_in(&mut victim, target.user()?).await?;
    let victim_in = is_logged_in(&target, &mut victim).await?;
    must(
        victim_in,
        "the victim logs in with the planted cookie",
        "a session for the victim",
        "none",
    )?;
    let changed = victim.cookies() != attacker.cookies();
    must(
        changed,
        "the victim logs in with the planted cookie",
        "a new session id",
        "the planted one",
    )?;
    let attacker_in = is_logged_in(&target, &mut attacker).await?;
    must(
        !attacker_in,
        "/authorize with the planted cookie, after the victim's login",
        "303 /login",
        "a code",
    )
}

rule!(
    Check::server("R1.12", "a session id that the server did not make is never used")
        .lab_rule("OWASP session management", "After a login with an invented session cookie the browser has another one, and the invented one is not logged in.")
        .why("Session fixation does not need a real session if the server adopts any id it is given.")
        .run(|target| Box::pin(invented_session(target)))
);
async fn invented_session(target: Target) -> Outcome {
    can_log_in_anew(&target).await?;
    let mut model = target.browser();
    target.log_in(&mut model, target.user()?).await?;
    let planted = |browser: &mut Browser| {
        for cookie in model.cookies() {
            // As long as a real one, so that it is not refused for its shape.
            let value: String = cookie
                .value
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { 'A' } else { c })
                .collect();
            browser.plant(host(&target.server), &cookie.name, &value);
        }
    };
    let mut victim = target.browser();
    planted(&mut victim);
    let before = victim.cookies().to_vec();
    target.log_in(&mut victim, target.user()?).await?;
    must(
        is_logged_in(&target, &mut victim).await?,
        "a login with an invented cookie",
        "a session",
        "none",
    )?;
    must(
        victim.cookies() != before,
        "a login with an invented cookie",
        "a new session id",
        "the invented one",
    )?;
    let mut attacker = target.browser();
    planted(&mut attacker);
    let attacker_in = is_logged_in(&target, &mut attacker).await?;
    must(
        !attacker_in,
        "/authorize with the invented cookie, after the victim's login",
        "303 /login",
        "a code",
    )
}
