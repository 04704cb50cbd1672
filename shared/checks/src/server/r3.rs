//! R3.1 to R3.4: the server demands a challenge and keeps it with the code.

use crate::server::support::{must, refused_by_redirect};
use crate::{Check, rule};
use kit::encoding::{random, s256};
use kit::flow::AuthorizationRequest;
use kit::{Outcome, Target};

/// Refused at once, and refused too when the user is logged in.
async fn refused(target: &Target, request: &AuthorizationRequest) -> Outcome {
    refused_by_redirect(target, request, "invalid_request").await?;
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    let answer = known.get(request.url()).await?;
    answer.must_redirect_error(&request.redirect_uri, "invalid_request")?;
    Ok(())
}

rule!(
    Check::server("R3.1", "a request without code_challenge is refused")
        .must("RFC 7636 §4.4.1, draft-ietf-oauth-v2-1 §7.5.1", "code_challenge missing or empty: error=invalid_request at the redirect_uri, with or without a session.")
        .why("An optional lock is no lock: an attacker just leaves it off (RFC 9700 §4.8).")
        .run(|target| Box::pin(challenge_demanded(target)))
);
async fn challenge_demanded(target: Target) -> Outcome {
    let good = target.request();
    refused(&target, &good.clone().without("code_challenge")).await?;
    refused(&target, &good.clone().set("code_challenge", "")).await?;
    refused(&target, &good.without("code_challenge").without("code_challenge_method")).await?;
    target.still_works().await
}

rule!(
    Check::server("R3.2", "an unknown code_challenge_method is refused")
        .must("RFC 7636 §4.3, §4.4.1", "S512, none or S256 in small letters: error=invalid_request. RFC 7636 §4.4.1: a server that does not support the transformation \"MUST return\" it.")
        .why("A server that takes a method it does not know compares nothing.")
        .run(|target| Box::pin(unknown_method(target)))
);
async fn unknown_method(target: Target) -> Outcome {
    for method in ["S512", "none", "s256"] {
        refused(&target, &target.request().set("code_challenge_method", method)).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R3.2", "only the method S256 is accepted")
        .lab_rule("RFC 9700 §2.1.1", "code_challenge_method plain, or absent (absent means plain): error=invalid_request, as for every other name.")
        .why("With plain the challenge in the URL is the key itself.")
        .run(|target| Box::pin(only_s256(target)))
);
async fn only_s256(target: Target) -> Outcome {
    let good = target.request();
    refused(&target, &good.clone().without("code_challenge_method")).await?;
    for method in [
        "plain",
        "",
        "S512",
        "s256",
        "S256 ",
        "S256,plain",
        "none",
    ] {
        refused(&target, &good.clone().set("code_challenge_method", method)).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R3.3", "a malformed code_challenge is refused")
        .lab_rule("RFC 7636 §4.2", "A challenge that is not 43 characters of base64url without padding: error=invalid_request.")
        .why("No verifier can ever match it; the client learns of its mistake now, not at /token.")
        .run(|target| Box::pin(challenge_shape(target)))
);
async fn challenge_shape(target: Target) -> Outcome {
    let right = s256(&random());
    let bent = [
        right[..42].to_owned(),
        format!("{right}A"),
        format!("{right}="),
        format!("{}=", &right[..42]),
        format!("{}+", &right[..42]),
        format!("{}/", &right[..42]),
        format!("{} ", &right[..42]),
        format!("{}é", &right[..41]),
        "A".repeat(129),
        "A".repeat(2000),
    ];
    for challenge in bent {
        refused(&target, &target.request().set("code_challenge", challenge)).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R3.4", "the challenge is stored with the code")
        .must("RFC 7636 §4.4", "The row of the code in /debug/state holds the code_challenge and the method of its request.")
        .why("Without it nothing can be compared at /token.")
        .run(|target| Box::pin(challenge_stored(target)))
);
async fn challenge_stored(target: Target) -> Outcome {
    let grant = target.code().await?;
    let storage = target.storage().await?;
    let row = &storage["authorization_codes"][target.key(&grant.code)];
    let challenge = s256(&grant.code_verifier);
    let good =
        row["code_challenge"] == challenge.as_str() && row["code_challenge_method"] == "S256";
    let wanted = format!("code_challenge {challenge} and code_challenge_method S256");
    must(good, "GET /debug/state after a new code", &wanted, row.to_string())
}

rule!(
    Check::server("R3.4", "the challenge is in no answer to the client")
        .must("draft-ietf-oauth-v2-1 §4.1.2", "Neither the redirect with the code nor the code itself contains the challenge or its verifier.")
        .why("Who can read the answer must not learn what the lock looks like.")
        .run(|target| Box::pin(challenge_hidden(target)))
);
async fn challenge_hidden(target: Target) -> Outcome {
    let grant = target.code().await?;
    let secrets = [
        grant.code_verifier.clone(),
        s256(&grant.code_verifier),
    ];
    let text = format!("{:?} {} {}", grant.answer.headers, grant.answer.body, grant.code);
    let hidden = secrets.iter().all(|secret| !text.contains(secret));
    grant.answer.must(hidden, "neither challenge nor verifier in the answer")?;
    Ok(())
}
