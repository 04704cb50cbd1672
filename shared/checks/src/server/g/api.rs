//! G5, G8, G11: tokens that cannot be guessed, answers that are not shared, and a verifier that checks everything.

use crate::server::r5::{accepted, jwt_of, now, refused};
use crate::server::support::must_be_unguessable;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Answer, Outcome, Request, Target};
use serde_json::{Value, json};

rule!(
    Check::server("G5", "refresh tokens cannot be guessed")
        .since(Capability::Refresh)
        .must(
            "draft-ietf-oauth-v2-1 §7.7",
            "Twenty refresh tokens are all different and can each hold at least 128 bits of chance."
        )
        .why("A refresh token is good for days.")
        .run(|target| Box::pin(refresh_tokens(target)))
);
async fn refresh_tokens(target: Target) -> Outcome {
    let mut found = Vec::new();
    for _ in 0..20 {
        found.push(target.tokens().await?.refresh_token()?.to_owned());
    }
    must_be_unguessable("a refresh token", &found)
}

rule!(
    Check::server("G8", "/authorize sends no CORS header")
        .must("RFC 9700 §2.6", "With a foreign Origin, by GET and by OPTIONS, with and without a session: no Access-Control header.")
        .why("The browser is sent here, never asked by a script; a script that may read the answer reads the code.")
        .run(|target| Box::pin(no_cors(target)))
);
async fn no_cors(target: Target) -> Outcome {
    let good = target.request();
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    for request in [
        good.clone(),
        good.clone().set("response_type", "token"),
        good.set("client_id", "no-such-client"),
    ] {
        for mut browser in [target.browser(), known.clone()] {
            let get = Request::get(request.url()).header("Origin", "http://evil.example");
            let preflight = Request::new("OPTIONS", request.url())
                .header("Origin", "http://evil.example")
                .header("Access-Control-Request-Method", "GET");
            for sent in [get, preflight] {
                let answer = browser.send(sent).await?;
                let shared =
                    answer.headers.iter().any(|header| header.0.starts_with("access-control-"));
                answer.must(!shared, "no Access-Control header")?;
            }
        }
    }
    target.still_works().await
}

fn not_cacheable(answer: &Answer) -> Outcome {
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    Ok(())
}

rule!(
    Check::server("G8", "answers of /token are not cacheable")
        .since(Capability::TokenEndpoint)
        .must("RFC 6749 §5.1", "Cache-Control: no-store with every token. RFC 6749 §5.1: the server \"MUST include\" it.")
        .why("A token in a cache is a token in somebody else's hands.")
        .run(|target| Box::pin(no_store(target)))
);

rule!(
    Check::server("G8", "answers of /token are not cacheable, errors included")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1", "Cache-Control: no-store with every error too.")
        .why("An error in a cache would be the answer to the next request.")
        .run(|target| Box::pin(no_store(target)))
);
async fn no_store(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let bent = [
        good.clone().set("grant_type", "nonsense"),
        good.clone().set("code", "unknown"),
        good.clone().set("code", "unknown").basic(&target.demo.client_id, "wrong"),
    ];
    for request in bent.iter().filter(|_| target.exact) {
        let answer = target.send(request).await?;
        answer.must(matches!(answer.status, 400 | 401), "an error")?;
        not_cacheable(&answer)?;
    }
    let tokens = target.tokens_for(&good).await?;
    not_cacheable(&tokens.answer)?;
    // That there is a refresh token is R6.1's affair.
    if let (true, Ok(token)) = (target.has(Capability::Refresh), tokens.refresh_token()) {
        let refreshed = target.send(&target.refresh(&target.demo, token)).await?;
        not_cacheable(&refreshed)?;
    }
    Ok(())
}

rule!(
    Check::server("G11", "every claim is required and there is no leeway")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 9068 §4", "A signed token without exp, iss, aud, sub or jti, or two seconds past its exp: 401 invalid_token.")
        .why("JWT libraries check less than one thinks: often only exp, with a minute of grace.")
        .run(|target| Box::pin(strict_verifier(target)))
);
async fn strict_verifier(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let jwt = jwt_of(&target, &tokens)?;
    let secret = target.jwt_secret()?.to_vec();
    accepted(&target, &jwt.signed(&secret)).await?;
    for name in ["exp", "iss", "aud", "sub", "jti"] {
        refused(&target, &jwt.claim(name, Value::Null).signed(&secret)).await?;
    }
    refused(&target, &jwt.claim("exp", json!(now() - 2)).signed(&secret)).await?;
    accepted(&target, &jwt.claim("exp", json!(now() + 60)).signed(&secret)).await
}
