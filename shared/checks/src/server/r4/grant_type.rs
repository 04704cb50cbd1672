//! R4.3: which grants the token endpoint knows.

use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.3", "a missing grant_type is invalid_request")
        .must("RFC 6749 §5.2", "Without grant_type, or with an empty one: 400 invalid_request, which is what RFC 6749 §5.2 calls a request that \"is missing a required parameter\"; the code is not spent.")
        .why("A server that assumes a grant can be talked into the wrong one.")
        .run(|target| Box::pin(missing(target)))
);
async fn missing(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for bent in [
        good.clone().without("grant_type"),
        good.clone().set("grant_type", ""),
    ] {
        target.send(&bent).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.3", "an unknown grant_type is unsupported_grant_type")
        .must("RFC 6749 §5.2", "password, implicit and unknown values: 400 unsupported_grant_type; the code is not spent.")
        .why("The password grant hands the user's password to the client: RFC 9700 §2.4 forbids it.")
        .run(|target| Box::pin(unknown(target)))
);
async fn unknown(target: Target) -> Outcome {
    let user = target.user()?.clone();
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for kind in [
        "password",
        "implicit",
        "AUTHORIZATION_CODE",
        "authorization_code ",
        "<b>",
    ] {
        let bent = good
            .clone()
            .set("grant_type", kind)
            .set("username", &user.username)
            .set("password", &user.password);
        target.send(&bent).await?.must_be_oauth_error(400, "unsupported_grant_type")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.3", "refresh_token is not yet a grant")
        .before(Capability::Refresh)
        .lab_rule(
            "RFC 6749 §5.2",
            "grant_type=refresh_token: 400 unsupported_grant_type until v06."
        )
        .why("A version does what it teaches and nothing else.")
        .run(|target| Box::pin(no_refresh(target)))
);
async fn no_refresh(target: Target) -> Outcome {
    let refresh = target.refresh(&target.demo, "any");
    let answer = target.send(&refresh).await?;
    // A foreign server may be further on than the rules that it is held against.
    let further =
        target.pair.is_none() && answer.json().is_some_and(|json| json["error"] == "invalid_grant");
    if !further {
        answer.must_be_oauth_error(400, "unsupported_grant_type")?;
    }
    target.still_works().await
}
