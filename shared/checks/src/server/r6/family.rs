//! R6.2: a refresh token that comes a second time ends the whole family.

use std::time::Duration;

use crate::server::r6::shape::halves;
use crate::server::support::{
    almost, must, must_be_alive, of_this_lab, patiently, refused_by_token,
};
use crate::{Check, rule};
use kit::encoding::random;
use kit::flow::Tokens;
use kit::target::{App, outlive};
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("R6.2", "a used refresh token kills its whole family")
        .must("RFC 9700 §4.14.2", "For the public client, used again: an error, and no refresh token of the family works any more; other families live. RFC 9700 §4.14.2: of a token used by two parties, the server \"will revoke the active refresh token\".")
        .why("Thief and owner both hold a copy; nobody can tell who is who, so both must log in again.")
        .run(|target| Box::pin(reuse(target)))
);

rule!(
    Check::server("R6.2", "a used refresh token kills its whole family, access tokens included")
        .lab_rule("RFC 9700 §4.14.2", "For both clients, used again: 400 invalid_grant; every refresh token and every access token of the family is dead, other families live.")
        .why("Thief and owner both hold a copy; nobody can tell who is who, so both must log in again.")
        .run(|target| Box::pin(reuse(target)))
);
async fn reuse(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    let mut apps = vec![target.public()?.clone()];
    if target.exact {
        apps.push(target.demo.clone());
    }
    for app in &apps {
        // The first and the second of a family of three: each is a sign of theft.
        for used in 0..2 {
            let family = family_of_three(&target, app).await?;
            let replay = target.refresh(app, family[used].refresh_token()?);
            refused_by_token(&target, &target.send(&replay).await?, 400, "invalid_grant")?;
            if target.exact {
                all_dead(&target, app, &family).await?;
            } else {
                let present = target.refresh(app, family[2].refresh_token()?);
                target.send(&present).await?.must_be_refused_by_token()?;
            }
        }
    }
    let when = "another login of the same user, after the reuse";
    must_be_alive(&target, &neighbour.access_token, true, when).await?;
    target.tokens_for(&target.refresh(&target.demo, neighbour.refresh_token()?)).await?;
    Ok(())
}

/// A login that was refreshed twice, with all that it brought. The last access token works.
async fn family_of_three(target: &Target, app: &App) -> Result<Vec<Tokens>, Verdict> {
    let mut family = vec![target.tokens_of(app).await?];
    for at in 0..2 {
        let next = target.refresh(app, family[at].refresh_token()?);
        family.push(target.tokens_for(&next).await?);
    }
    let when = "the last access token of the family, before the reuse";
    must_be_alive(target, &family[2].access_token, true, when).await?;
    Ok(family)
}

/// The last refresh token first: a used one would end the family by itself.
async fn all_dead(target: &Target, app: &App, family: &[Tokens]) -> Outcome {
    for tokens in family.iter().rev() {
        let when = "an access token of the family, after";
        must_be_alive(target, &tokens.access_token, false, when).await?;
        let refresh = target.refresh(app, tokens.refresh_token()?);
        target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    Ok(())
}

rule!(
    Check::server("R6.2", "a refresh token that is almost the present one of its login is reuse")
        .lab_rule("RFC 9700 §4.14.2", "The second part one character, or the case of one letter, or all but its beginning off: 400 invalid_grant, and the login has ended; from another client, or without authentication, it ends nothing.")
        .why("Any other token of a known login was good once or was made up by somebody who had one.")
        .run(|target| Box::pin(almost_the_present(target)))
);
async fn almost_the_present(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let count = almost(&random()).len();
    for number in 0..=count {
        let tokens = target.tokens().await?;
        let (name, secret) = halves(&tokens)?;
        let mut near = almost(&secret);
        near.insert(0, format!("{}{}", &secret[..8], &random()[8..]));
        let Some(near) = near.get(number) else {
            continue;
        };
        let token = format!("{name}.{near}");
        harmless(&target, &token, &tokens).await?;
        let answer = target.send(&target.refresh(&target.demo, &token)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
        all_dead(&target, &target.demo, &[tokens]).await?;
    }
    target.still_works().await
}

/// The client is judged before its token: what strangers send ends nobody's login.
async fn harmless(target: &Target, token: &str, tokens: &Tokens) -> Outcome {
    let good = target.refresh(&target.demo, token);
    let stranger = good.clone().basic(&target.demo.client_id, "wrong");
    target.send(&stranger).await?.must_be_oauth_error(401, "invalid_client")?;
    target.send(&good.no_basic()).await?.must_be_oauth_error(401, "invalid_client")?;
    for other in [target.other()?, target.public()?] {
        let theirs = target.refresh(other, token);
        target.send(&theirs).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    let when = "the access token, after strangers have sent what is not theirs";
    must_be_alive(target, &tokens.access_token, true, when).await
}

rule!(
    Check::server("R6.2", "however often a login is refreshed, its first token is still known as used")
        .must("RFC 9700 §4.14.2", "With LAB_MAX_ROWS=50 and 300 refreshes, the first refresh token and one from the middle each end their login; other logins of the same user and of another live through the flood.")
        .why("A thief who refreshes until his victim's token is forgotten would never be noticed.")
        .run(|target| Box::pin(flood(target)))
);
async fn flood(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "50")]).await?;
    let neighbour = target.tokens().await?;
    let mut browser = target.browser();
    let other_user = target.users.last().map_or(target.user()?, |user| user).clone();
    let grant = target.code_for(&mut browser, &target.request(), &other_user).await?;
    let other = target.tokens_for(&target.redeem(&grant)).await?;
    for used in [0, 150] {
        let public = target.public()?;
        let mut tokens = target.tokens_of(public).await?;
        let mut old = Vec::new();
        for _ in 0..300 {
            old.push(tokens.refresh_token()?.to_owned());
            tokens = target.tokens_for(&target.refresh(public, &old[old.len() - 1])).await?;
        }
        let when = "the present access token, after 300 refreshes";
        must_be_alive(&target, &tokens.access_token, true, when).await?;
        let answer = target.send(&target.refresh(public, &old[used])).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
        let when = "the present access token, after a token that was used 300 refreshes ago";
        must_be_alive(&target, &tokens.access_token, false, when).await?;
        let present = target.refresh(public, tokens.refresh_token()?);
        target.send(&present).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    for lives in [neighbour, other] {
        let when = "the access token of another login, after the flood";
        must_be_alive(&target, &lives.access_token, true, when).await?;
        target.tokens_for(&target.refresh(&target.demo, lives.refresh_token()?)).await?;
    }
    Ok(())
}

rule!(
    Check::server("R6.2", "a token that is both idle and used still ends the family")
        .lab_rule("RFC 9700 §4.14.2", "A used refresh token that comes after the idle time: 400 invalid_grant, and the access token of its login is dead.")
        .why("A thief may well be late; the copy is as stolen as before.")
        .run(|target| Box::pin(patiently(move |seconds| idle_and_used(target.clone(), seconds))))
);
async fn idle_and_used(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_REFRESH_IDLE", &seconds.to_string())]).await?;
    let first = target.tokens().await?;
    let again = target.refresh(&target.demo, first.refresh_token()?);
    let second = target.tokens_for(&again).await?;
    outlive(seconds).await;
    // The login is idle, the access token is not: only the reuse can end it.
    let when = "the access token, after the idle time of the refresh token";
    must_be_alive(&target, &second.access_token, true, when).await?;
    target.send(&again).await?.must_be_oauth_error(400, "invalid_grant")?;
    let when = "the access token, after a used refresh token came when it was idle";
    must_be_alive(&target, &second.access_token, false, when).await
}

rule!(
    Check::server("R6.2", "a replayed code kills the family too")
        .should("RFC 6749 §4.1.2", "After a valid replay of the code no refresh token and no access token that came from it works, however often it was rotated.")
        .why("All tokens based on the code are suspect, not only the first.")
        .run(|target| Box::pin(replayed_code(target)))
);
async fn replayed_code(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    let grant = target.code().await?;
    let exchange = target.redeem(&grant);
    let mut family = vec![target.tokens_for(&exchange).await?];
    let next = target.refresh(&target.demo, family[0].refresh_token()?);
    family.push(target.tokens_for(&next).await?);
    target.send(&exchange).await?.must_be_oauth_error(400, "invalid_grant")?;
    all_dead(&target, &target.demo, &family).await?;
    target.tokens_for(&target.refresh(&target.demo, neighbour.refresh_token()?)).await?;
    Ok(())
}

/// The lines of the log that tell of reuse.
fn told(target: &Target) -> Result<Vec<String>, Verdict> {
    let log = target.pair()?.server.log();
    Ok(log.lines().filter(|line| line.contains("token_reuse")).map(str::to_owned).collect())
}

rule!(
    Check::server("R6.2", "a reuse writes one line to the log")
        .lab_rule("RFC 9700 §4.14.2", "One line with token_reuse for one reuse, without the token; no such line for an idle, unknown or malformed one, nor when the family has ended already.")
        .why("An operator who never hears of theft cannot act on it, and one who hears of it daily does not listen.")
        .run(|target| Box::pin(logged(target)))
);
async fn logged(target: Target) -> Outcome {
    target.pair()?;
    let target = target.alone().await?;
    let first = target.tokens().await?;
    let refresh = target.refresh(&target.demo, first.refresh_token()?);
    target.tokens_for(&refresh).await?;
    for token in [
        "x".to_owned(),
        format!("{}.{}", random(), random()),
    ] {
        let answer = target.send(&target.refresh(&target.demo, &token)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let wanted = "no line with token_reuse as long as nothing was reused";
    must(told(&target)?.is_empty(), "a login and a refresh", wanted, told(&target)?.join("\n"))?;
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    // The line comes through a pipe.
    for _ in 0..40 {
        if !told(&target)?.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let found = told(&target)?;
    let pieces = first.refresh_token()?.split('.').map(|part| &part[..part.len().min(8)]);
    let silent = pieces.into_iter().all(|piece| found.iter().all(|line| !line.contains(piece)));
    must(
        found.len() == 1 && silent,
        "the same refresh token again, and once more",
        "one line with token_reuse, without the token",
        found.join("\n"),
    )
}
