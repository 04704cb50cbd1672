//! R5.10: forged signatures. Each token differs from a good one in a single place.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Check, rule};
use kit::encoding::base64url;
use kit::flow::Tokens;
use kit::jwt::Jwt;
use kit::{Outcome, Target, Verdict};
use serde_json::json;

/// The access token, taken apart. Whether it is a JWT is its server's choice (RFC 6749 §1.4).
///
/// # Errors
/// It is none: skipped, or failed if the server is one of this lab.
pub(crate) fn jwt_of(target: &Target, tokens: &Tokens) -> Result<Jwt, Verdict> {
    let jwt = Jwt::read(&tokens.access_token);
    jwt.ok_or_else(|| match target.pair {
        Some(_) => tokens.answer.fail("a JWT as access_token"),
        None => Verdict::skipped("access tokens that are JWTs: here they are opaque"),
    })
}

/// A good token, taken apart, and the secret; signed again by us it still works, so only the forgery can be at fault.
pub(super) async fn specimen(target: &Target) -> Result<(Jwt, Vec<u8>), Verdict> {
    let tokens = target.tokens().await?;
    let jwt = jwt_of(target, &tokens)?;
    let secret = target.jwt_secret()?.to_vec();
    accepted(target, &jwt.signed(&secret)).await?;
    Ok((jwt, secret))
}

pub(crate) async fn accepted(target: &Target, token: &str) -> Outcome {
    target.me(token).await?.must_be(200)?;
    Ok(())
}

pub(crate) async fn refused(target: &Target, token: &str) -> Outcome {
    target.me(token).await?.must_be_bearer_error(401, Some("invalid_token"))?;
    Ok(())
}

/// Signed with the right secret, and refused all the same.
pub(super) async fn refused_though_signed(
    target: &Target,
    forged: &[Jwt],
    secret: &[u8],
) -> Outcome {
    for jwt in forged {
        refused(target, &jwt.signed(secret)).await?;
    }
    Ok(())
}

rule!(
    Check::server("R5.10", "a token without a right signature is refused")
        .must(
            "RFC 8725 §3.1",
            "alg none, signature stripped, cut, changed or of other claims: 401 invalid_token."
        )
        .why("The signature is all that tells the server's words from anybody's.")
        .run(|target| Box::pin(no_signature(target)))
);
async fn no_signature(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let token = &tokens.access_token;
    let jwt = jwt_of(&target, &tokens)?;
    accepted(&target, token).await?;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let forged = jwt.header("alg", json!(alg));
        refused(&target, &format!("{}.", forged.signing_input())).await?;
        refused(&target, &forged.signing_input()).await?;
        refused(&target, &forged.as_it_was_signed()).await?;
    }
    let (input, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let bent = [
        format!("{input}."),
        input.to_owned(),
        format!("{input}.{}", &signature[..signature.len() / 2]),
        format!("{input}.{first}{}", signature.get(1..).unwrap_or_default()),
        format!("{input}.{}", base64url(&[0; 32])),
        jwt.claim("sub", json!("user1")).as_it_was_signed(),
        jwt.claim("exp", json!(now() + 1_000_000)).as_it_was_signed(),
        jwt.header("kid", json!("x")).as_it_was_signed(),
    ];
    for forged in bent {
        refused(&target, &forged).await?;
    }
    accepted(&target, token).await
}

rule!(
    Check::server("R5.10", "a token signed with another secret is refused")
        .must("RFC 8725 §3.1", "The same claims signed with another, an empty or a well-known secret: 401 invalid_token.")
        .why("A server that starts with a default secret lets everybody sign.")
        .run(|target| Box::pin(other_secret(target)))
);
async fn other_secret(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let jwt = jwt_of(&target, &tokens)?;
    for secret in [
        &rand::random::<[u8; 32]>()[..],
        b"",
        b"secret",
        b"changeme",
        &[0; 32],
        b"demo-secret",
    ] {
        refused(&target, &jwt.signed(secret)).await?;
    }
    accepted(&target, &tokens.access_token).await
}

rule!(
    Check::server("R5.10", "another alg with the right secret is refused")
        .must(
            "RFC 8725 §3.1",
            "HS384 and HS512 with the right secret: 401 invalid_token; HS256 by hand: 200."
        )
        .why("Who lets the token choose the algorithm lets the attacker choose it.")
        .run(|target| Box::pin(other_alg(target)))
);
async fn other_alg(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = ["HS384", "HS512"].map(|alg| jwt.header("alg", json!(alg)));
    refused_though_signed(&target, &forged, &secret).await
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
