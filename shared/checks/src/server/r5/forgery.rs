//! R5.10: forged tokens. Each differs from a good one in a single place, and is signed with the right secret if it can be.

use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use serde_json::Value;
use serde_json::json;

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::base64url;
use crate::jwt::Jwt;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R5.10",
        title: "a token without a right signature is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 8725 §3.1",
        must: "alg none, signature stripped, cut, changed or of other claims: 401 invalid_token.",
        why: "The signature is all that tells the server's words from anybody's.",
        run: |target| Box::pin(no_signature(target)),
    },
    Check {
        id: "R5.10",
        title: "a token signed with another secret is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 8725 §3.1",
        must: "The same claims signed with another, an empty or a well-known secret: 401 invalid_token.",
        why: "A server that starts with a default secret lets everybody sign.",
        run: |target| Box::pin(other_secret(target)),
    },
    Check {
        id: "R5.10",
        title: "another alg with the right secret is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 8725 §3.1",
        must: "HS384 and HS512 with the right secret: 401 invalid_token; HS256 by hand: 200.",
        why: "Who lets the token choose the algorithm lets the attacker choose it.",
        run: |target| Box::pin(other_alg(target)),
    },
    Check {
        id: "R5.10",
        title: "another typ is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "typ JWT, missing or of another kind: 401 invalid_token; at+jwt and application/at+jwt: 200.",
        why: "A JWT made for another purpose must not open the API (RFC 8725 §3.11).",
        run: |target| Box::pin(other_typ(target)),
    },
    Check {
        id: "R5.10",
        title: "another iss or aud is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "iss or aud of somebody else, or almost right: 401 invalid_token.",
        why: "A token for another API must not work here.",
        run: |target| Box::pin(other_party(target)),
    },
    Check {
        id: "R5.10",
        title: "a token that is expired, not yet valid or unknown by jti is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "exp in the past or missing, nbf in the future, jti missing or unknown: 401 invalid_token.",
        why: "A good signature says who made the token, not that it still holds.",
        run: |target| Box::pin(out_of_time(target)),
    },
];

/// A good token, taken apart, and the secret; signed again by us it still works, so only the forgery can be at fault.
async fn specimen(target: &Target) -> Result<(Jwt, Vec<u8>), Verdict> {
    let secret = target.jwt_secret()?.to_vec();
    let tokens = target.tokens().await?;
    let jwt = Jwt::read(&tokens.access_token)
        .ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
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
async fn refused_though_signed(target: &Target, forged: &[Jwt], secret: &[u8]) -> Outcome {
    for jwt in forged {
        refused(target, &jwt.signed(secret)).await?;
    }
    Ok(())
}

async fn no_signature(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let token = &tokens.access_token;
    let jwt = Jwt::read(token).ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
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

async fn other_secret(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let jwt = Jwt::read(&tokens.access_token)
        .ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
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

async fn other_alg(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = ["HS384", "HS512"].map(|alg| jwt.header("alg", json!(alg)));
    refused_though_signed(&target, &forged, &secret).await
}

async fn other_typ(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = [
        jwt.header("typ", json!("JWT")),
        jwt.header("typ", Value::Null),
        jwt.header("typ", json!("")),
        jwt.header("typ", json!("id+jwt")),
        jwt.header("typ", json!("at+jwt+x")),
        jwt.header("typ", json!("logout+jwt")),
    ];
    refused_though_signed(&target, &forged, &secret).await?;
    let long = jwt.header("typ", json!("application/at+jwt"));
    accepted(&target, &long.signed(&secret)).await
}

async fn other_party(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default().to_owned();
    let mut forged = Vec::new();
    for name in ["iss", "aud"] {
        let almost = [
            "http://evil.example".to_owned(),
            format!("{}/", text(name)),
            format!("{}.evil.example", text(name)),
            text(name).to_uppercase(),
            String::new(),
        ];
        forged.extend(almost.map(|value| jwt.claim(name, json!(value))));
        forged.push(jwt.claim(name, Value::Null));
    }
    // The other half's value, and the client's: both are well known here, and wrong.
    forged.push(jwt.claim("aud", json!(text("iss"))));
    forged.push(jwt.claim("aud", json!(text("client_id"))));
    refused_though_signed(&target, &forged, &secret).await
}

async fn out_of_time(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = [
        jwt.claim("exp", json!(now() - 3600)),
        jwt.claim("exp", Value::Null),
        jwt.claim("exp", json!("never")),
        jwt.claim("nbf", json!(now() + 3600)),
        jwt.claim("jti", Value::Null),
        jwt.claim("jti", json!("")),
        jwt.claim("jti", json!("no-such-jti")),
    ];
    refused_though_signed(&target, &forged, &secret).await?;
    let long_ago = jwt.claim("nbf", json!(now() - 3600));
    accepted(&target, &long_ago.signed(&secret)).await
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
