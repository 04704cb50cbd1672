//! R5.5, R5.10: tokens of others, a query too long to read, and secrets that stay out of claims.

use crate::server::r5::accepted;
use crate::server::r5::forgery::{refused_though_signed, specimen};
use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::jwt::Jwt;
use kit::ladder::Capability;
use kit::{Outcome, Request, Target};
use serde_json::json;

rule!(
    Check::server("R5.10", "the client's own address is neither an issuer nor an audience")
        .must("RFC 9068 §4", "A rightly signed token whose iss or aud is the client's address, its client_id or the address of the API: 401 invalid_token.")
        .why("One issuer and one audience are right; a second one that is let in is a second way in.")
        .run(|target| Box::pin(other_addresses(target)))
);
async fn other_addresses(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let client = target.demo.redirect_uri().trim_end_matches("/callback").to_owned();
    let others = [
        client.clone(),
        format!("{client}/api"),
        target.demo.redirect_uri().to_owned(),
        target.demo.client_id.clone(),
    ];
    let mut forged: Vec<Jwt> = others
        .iter()
        .flat_map(|other| ["iss", "aud"].map(|name| jwt.claim(name, json!(other))))
        .collect();
    forged.push(jwt.claim("iss", jwt.claims["aud"].clone()));
    refused_though_signed(&target, &forged, &secret).await?;
    accepted(&target, &jwt.signed(&secret)).await
}

rule!(
    Check::server("R5.5", "a token in a query that is too long to read is seen")
        .lab_rule("RFC 6750 §2", "A good token in the header and 101 parameters in the query: 400 invalid_request; with 100: 200.")
        .why("What is not read may hold a second token.")
        .run(|target| Box::pin(long_query(target)))
);
async fn long_query(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let tokens = target.tokens().await?;
    let query = |count: usize| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    let ask = |query: String| {
        let request = Request::get(target.url(&format!("/api/me?{query}")));
        target.http.send(request.bearer(&tokens.access_token))
    };
    ask(query(100)).await?.must_be(200)?;
    for long in [
        query(101),
        format!("{}&access_token=x", query(100)),
    ] {
        ask(long).await?.must_be_bearer_error(400, Some("invalid_request"))?;
    }
    Ok(())
}

rule!(
    Check::server("R5.10", "no half of the refresh token stands in the access token")
        .since(Capability::Refresh)
        .lab_rule("RFC 9068 §5", "Neither the name of the login nor the secret beside it is in header or claims, after the exchange and after a refresh.")
        .why("Every API reads the access token; what renews it is for the token endpoint alone.")
        .run(|target| Box::pin(kept_apart(target)))
);
async fn kept_apart(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let mut tokens = target.tokens().await?;
    for _ in 0..2 {
        let jwt = Jwt::read(&tokens.access_token)
            .ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
        let told = format!("{}{}", jwt.header, jwt.claims);
        let halves = tokens.refresh_token()?.split('.');
        let silent = halves.into_iter().all(|half| !told.contains(half));
        must(silent, "header and claims", "nothing of the refresh token", told)?;
        let refresh = target.refresh(&target.demo, tokens.refresh_token()?);
        tokens = target.tokens_for(&refresh).await?;
    }
    Ok(())
}
