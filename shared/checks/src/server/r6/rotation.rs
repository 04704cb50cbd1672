//! R6.1, R6.3, R6.6: one refresh token in, another one out, for the right client only.

use crate::server::support::refused_by_token;
use crate::{Check, rule};
use kit::encoding::random;
use kit::{Outcome, Target};

rule!(
    Check::server("R6.1", "a refresh brings a new access token and a new refresh token")
        .must("RFC 9700 §2.2.2, §4.14.2", "For the public client: 200 with both, both new, both usable, not cacheable. RFC 9700 §2.2.2: refresh tokens for public clients \"MUST be sender-constrained or use refresh token rotation\".")
        .why("Rotation is what makes a stolen refresh token show itself.")
        .run(|target| Box::pin(rotates(target)))
);

rule!(
    Check::server("R6.1", "a refresh brings a new access token and a new refresh token, with a secret too")
        .lab_rule("RFC 9700 §2.2.2, §4.14.2", "For the confidential client as for the public one: 200 with both, both new, both usable, not cacheable, with expires_in.")
        .why("A secret can be stolen together with the token that it guards.")
        .run(|target| Box::pin(rotates(target)))
);
async fn rotates(target: Target) -> Outcome {
    let mut apps = vec![];
    if target.exact {
        apps.push(target.demo.clone());
        apps.extend(target.public().ok().cloned());
    } else {
        apps.push(target.public()?.clone());
    }
    for app in apps {
        let mut old = target.tokens_of(&app).await?;
        for _ in 0..3 {
            let new = target.tokens_for(&target.refresh(&app, old.refresh_token()?)).await?;
            let (answer, json) = (&new.answer, &new.json);
            let fresh = new.access_token != old.access_token
                && new.refresh_token()? != old.refresh_token()?;
            answer.must(fresh, "another access token and another refresh token")?;
            let complete =
                json["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer"))
                    && (!target.exact
                        || json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0));
            answer
                .must(complete, "token_type Bearer, and expires_in if it is this lab's server")?;
            answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
            target.me(&new.access_token).await?.must_be(200)?;
            old = new;
        }
    }
    Ok(())
}

rule!(
    Check::server("R6.1", "a refresh ends the access token before it")
        .lab_rule("RFC 6749 §6", "After a refresh the access token before it is 401 invalid_token at the API, the new one works, and the tokens of other logins do.")
        .why("One login, one token: what was replaced can only be of use to somebody who found it.")
        .run(|target| Box::pin(one_access_token(target)))
);
async fn one_access_token(target: Target) -> Outcome {
    let neighbour = target.tokens().await?;
    let mut old = target.tokens().await?;
    for _ in 0..3 {
        target.me(&old.access_token).await?.must_be(200)?;
        let next = target.refresh(&target.demo, old.refresh_token()?);
        let new = target.tokens_for(&next).await?;
        let refused = target.me(&old.access_token).await?;
        refused.must_be_bearer_error(401, Some("invalid_token"))?;
        target.me(&new.access_token).await?.must_be(200)?;
        old = new;
    }
    target.me(&neighbour.access_token).await?.must_be(200)?;
    Ok(())
}

rule!(
    Check::server("R6.3", "a refresh token of another client is invalid_grant")
        .must("RFC 6749 §6, §10.4", "Sent by another client, used or not, it gets 400 invalid_grant, and the family is unharmed.")
        .why("The token is bound to its client; a stranger's mistake must not end the owner's login.")
        .run(|target| Box::pin(other_client(target)))
);
async fn other_client(target: Target) -> Outcome {
    let mut others = vec![target.other()?.clone()];
    others.extend(target.public().ok().cloned());
    let first = target.tokens().await?;
    for other in &others {
        let theirs = target.refresh(other, first.refresh_token()?);
        target.send(&theirs).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    let second = target.tokens_for(&target.refresh(&target.demo, first.refresh_token()?)).await?;
    for other in &others {
        let used = target.refresh(other, first.refresh_token()?);
        target.send(&used).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.me(&second.access_token).await?.must_be(200)?;
    target.tokens_for(&target.refresh(&target.demo, second.refresh_token()?)).await?;
    let own = target.tokens_of(&others[0]).await?;
    target.tokens_for(&target.refresh(&others[0], own.refresh_token()?)).await?;
    Ok(())
}

rule!(
    Check::server("R6.3", "a confidential client must authenticate to refresh")
        .must(
            "RFC 6749 §6",
            "No secret or a wrong one: an error and no token, and the refresh token is not used up."
        )
        .why("Otherwise a copied refresh token alone would be enough.")
        .run(|target| Box::pin(must_authenticate(target)))
);

rule!(
    Check::server("R6.3", "a confidential client must authenticate to refresh, or gets 401")
        .lab_rule("RFC 6749 §6", "No secret or a wrong one, by Basic or in the body: 401 invalid_client with WWW-Authenticate: Basic.")
        .why("Otherwise a copied refresh token alone would be enough.")
        .run(|target| Box::pin(must_authenticate(target)))
);
async fn must_authenticate(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let good = target.refresh(&target.demo, tokens.refresh_token()?);
    let bent = [
        good.clone().no_basic(),
        good.clone().no_basic().set("client_id", &target.demo.client_id),
        good.clone().basic(&target.demo.client_id, "wrong"),
        good.clone()
            .no_basic()
            .set("client_id", &target.demo.client_id)
            .set("client_secret", "wrong"),
    ];
    for request in bent {
        refused_by_token(&target, &target.send(&request).await?, 401, "invalid_client")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server(
        "R6.3",
        "an unknown refresh token is invalid_grant, a missing one invalid_request"
    )
    .must(
        "RFC 6749 §5.2",
        "Unknown or cut: 400 invalid_grant; missing or empty: 400 invalid_request."
    )
    .why("The client must know whether to ask the user again or to fix its request.")
    .run(|target| Box::pin(unknown(target)))
);
async fn unknown(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let right = tokens.refresh_token()?;
    for token in [
        random(),
        "x".to_owned(),
        format!("{right}A"),
        right[..right.len() - 1].to_owned(),
    ] {
        let answer = target.send(&target.refresh(&target.demo, &token)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    let good = target.refresh(&target.demo, right);
    for bent in [
        good.clone().without("refresh_token"),
        good.clone().set("refresh_token", ""),
    ] {
        target.send(&bent).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R6.6", "refresh and access tokens do not stand in for each other")
        .lab_rule("RFC 6749 §1.5", "A refresh token at the API: 401 invalid_token; an access token as refresh_token: 400 invalid_grant; both still do their own work.")
        .why("A refresh token goes to the server that made it and nowhere else.")
        .run(|target| Box::pin(not_interchangeable(target)))
);
async fn not_interchangeable(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let answer = target.me(tokens.refresh_token()?).await?;
    answer.must_be_bearer_error(401, Some("invalid_token"))?;
    let swapped = target.refresh(&target.demo, &tokens.access_token);
    target.send(&swapped).await?.must_be_oauth_error(400, "invalid_grant")?;
    target.me(&tokens.access_token).await?.must_be(200)?;
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}
