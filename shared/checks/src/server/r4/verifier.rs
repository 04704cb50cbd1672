//! R4.8: a code is good for its verifier.

use crate::server::support::{almost, refused_by_token, still_good};
use crate::{Check, rule};
use kit::encoding::{random, s256};
use kit::{Outcome, Target};

rule!(
    Check::server("R4.8", "a wrong code_verifier is invalid_grant")
        .must("RFC 7636 §4.6", "A verifier that does not hash to the challenge, one character off, and the challenge itself: 400 invalid_grant; the right one still works.")
        .why("This is the moment in which PKCE stops a stolen code.")
        .run(|target| Box::pin(wrong_verifier(target)))
);
async fn wrong_verifier(target: Target) -> Outcome {
    // Longer than it must be, so that one character less is still well-formed.
    let mut request = target.request();
    request.code_verifier = format!("{}{}", random(), random());
    request = request.clone().set("code_challenge", s256(&request.code_verifier));
    let grant = target.code_for(&mut target.browser(), &request, target.user()?).await?;
    let (good, right) = (target.redeem(&grant), grant.code_verifier.as_str());
    let mut wrong = almost(right);
    wrong.extend([
        random(),
        s256(right),
        format!("{right}A"),
        right[..right.len() - 1].to_owned(),
        right[1..].to_owned(),
        right[..43].to_owned(),
    ]);
    for verifier in wrong {
        let answer = target.send(&good.clone().set("code_verifier", verifier)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.8", "a verifier whose hash is almost the challenge is invalid_grant")
        .must("RFC 7636 §4.6", "The hash differs from the challenge in one character, in the case of a letter, or after the first eight: 400 invalid_grant.")
        .why("The section compares two values; a comparison of beginnings, or one that ignores case, compares less.")
        .run(|target| Box::pin(nearly_the_challenge(target)))
);
async fn nearly_the_challenge(target: Target) -> Outcome {
    // Nobody finds a verifier with almost the same hash, but anybody can ask with almost the hash of a verifier.
    let mut browser = target.browser();
    let verifier = random();
    let right = s256(&verifier);
    let mut challenges = almost(&right);
    challenges.push(format!("{}{}", &right[..8], &s256(&random())[8..]));
    challenges.push(format!("{}{}", &s256(&random())[..8], &right[8..]));
    for challenge in challenges {
        let mut request = target.request().set("code_challenge", challenge);
        request.code_verifier.clone_from(&verifier);
        let grant = target.code_for(&mut browser, &request, target.user()?).await?;
        target.send(&target.redeem(&grant)).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    let mut request = target.request().set("code_challenge", &right);
    request.code_verifier = verifier;
    let grant = target.code_for(&mut browser, &request, target.user()?).await?;
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}

rule!(
    Check::server("R4.8", "a missing or malformed code_verifier is an error")
        .must("RFC 7636 §4.1, §4.6", "No verifier, fewer than 43 or more than 128 characters, or others than unreserved: an error and no token; the right one still works, of 43 or of 128 characters.")
        .why("Without a verifier there is nothing that could hash to the challenge.")
        .run(|target| Box::pin(malformed_verifier(target)))
);

rule!(
    Check::server("R4.8", "a missing or malformed code_verifier is invalid_request")
        .lab_rule("draft-ietf-oauth-v2-1 §4.1.3", "No verifier, fewer than 43 or more than 128 characters, or others than unreserved: 400 invalid_request.")
        .why("A client that forgot its verifier needs another message than a thief.")
        .run(|target| Box::pin(malformed_verifier(target)))
);
async fn malformed_verifier(target: Target) -> Outcome {
    let grant = target.code().await?;
    let (good, right) = (target.redeem(&grant), grant.code_verifier.as_str());
    let bent = [
        String::new(),
        "x".to_owned(),
        "a".repeat(42),
        "a".repeat(129),
        "é".repeat(43),
        right[..42].to_owned(),
        format!("{right}+"),
        format!("{right}="),
        format!("{right} "),
        format!(" {right}"),
    ];
    for verifier in bent {
        let answer = target.send(&good.clone().set("code_verifier", verifier)).await?;
        refused_by_token(&target, &answer, 400, "invalid_request")?;
    }
    let missing = good.clone().without("code_verifier");
    refused_by_token(&target, &target.send(&missing).await?, 400, "invalid_request")?;
    still_good(&target, &good).await?;
    // The longest and the shortest that may be.
    for length in [43, 128] {
        let mut request = target.request();
        request.code_verifier = "~".repeat(length);
        request = request.clone().set("code_challenge", s256(&request.code_verifier));
        let grant = target.code_for(&mut target.browser(), &request, target.user()?).await?;
        target.tokens_for(&target.redeem(&grant)).await?;
    }
    Ok(())
}
