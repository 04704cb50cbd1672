//! R6.2: a refresh token that comes a second time ends the whole family.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::flow::Tokens;
use crate::server::support::must;
use crate::server::support::must_be_alive;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R6.2",
        title: "a used refresh token kills its whole family",
        since: 6,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9700 §4.14.2",
        must: "Used again: 400 invalid_grant; every refresh token and every live access token of the family is dead, other families live.",
        why: "Thief and owner both hold a copy; nobody can tell who is who, so both must log in again.",
        run: |target| Box::pin(reuse(target)),
    },
    Check {
        id: "R6.2",
        title: "a replayed code kills the family too",
        since: 6,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Should,
        section: "RFC 6749 §4.1.2",
        must: "After a valid replay of the code no refresh token and no access token that came from it works, however often it was rotated.",
        why: "All tokens based on the code are suspect, not only the first.",
        run: |target| Box::pin(replayed_code(target)),
    },
    Check {
        id: "R6.2",
        title: "a reuse writes one line to the log",
        since: 6,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 9700 §4.14.2",
        must: "One line with token_reuse for one reuse, without the token in full; no such line before.",
        why: "An operator who never hears of theft cannot act on it.",
        run: |target| Box::pin(logged(target)),
    },
];

async fn reuse(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    // The first, the second and the third of a family of three: each is a sign of theft but the last, unused one.
    for used in 0..2 {
        let family = family_of_three(&target).await?;
        let replay = target.refresh(&target.demo, family[used].refresh_token()?);
        target.send(&replay).await?.must_be_oauth_error(400, "invalid_grant")?;
        all_dead(&target, &family).await?;
    }
    must_be_alive(
        &target,
        &neighbour.access_token,
        true,
        "another login of the same user, after the reuse",
    )
    .await?;
    target.tokens_for(&target.refresh(&target.demo, neighbour.refresh_token()?)).await?;
    Ok(())
}

/// A login that was refreshed twice, with all that it brought.
async fn family_of_three(target: &Target) -> Result<Vec<Tokens>, crate::check::Verdict> {
    let mut family = vec![target.tokens().await?];
    for at in 0..2 {
        let next = target.refresh(&target.demo, family[at].refresh_token()?);
        family.push(target.tokens_for(&next).await?);
    }
    for tokens in &family {
        must_be_alive(target, &tokens.access_token, true, "an access token of the family, before")
            .await?;
    }
    Ok(family)
}

async fn all_dead(target: &Target, family: &[Tokens]) -> Outcome {
    for tokens in family {
        must_be_alive(target, &tokens.access_token, false, "an access token of the family, after")
            .await?;
        let refresh = target.refresh(&target.demo, tokens.refresh_token()?);
        target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    Ok(())
}

async fn replayed_code(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    let grant = target.code().await?;
    let exchange = target.redeem(&grant);
    let mut family = vec![target.tokens_for(&exchange).await?];
    let next = target.refresh(&target.demo, family[0].refresh_token()?);
    family.push(target.tokens_for(&next).await?);
    target.send(&exchange).await?.must_be_oauth_error(400, "invalid_grant")?;
    // The unused one first: a used one would end the family by itself.
    family.reverse();
    all_dead(&target, &family).await?;
    target.tokens_for(&target.refresh(&target.demo, neighbour.refresh_token()?)).await?;
    Ok(())
}

async fn logged(target: Target) -> Outcome {
    target.pair()?;
    let target = target.with_settings(&[]).await?;
    let lines = |target: &Target| -> Result<Vec<String>, crate::check::Verdict> {
        let log = target.pair()?.server.log();
        Ok(log.lines().filter(|line| line.contains("token_reuse")).map(str::to_owned).collect())
    };
    let first = target.tokens().await?;
    let refresh = target.refresh(&target.demo, first.refresh_token()?);
    target.tokens_for(&refresh).await?;
    let wanted = "no line with token_reuse as long as nothing was reused";
    must(lines(&target)?.is_empty(), "a login and a refresh", wanted, lines(&target)?.join("\n"))?;
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    // The line comes through a pipe.
    for _ in 0..40 {
        if !lines(&target)?.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let found = lines(&target)?;
    let good = found.len() == 1 && !found[0].contains(first.refresh_token()?);
    must(
        good,
        "the same refresh token again",
        "one line with token_reuse, without the token",
        found.join("\n"),
    )
}
