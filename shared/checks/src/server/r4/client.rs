//! R4.4, R4.7, R4.12: who asks at the token endpoint.

use crate::server::support::{almost, refused_by_token};
use crate::{Check, rule};
use kit::encoding::encode_pairs;
use kit::flow::TokenRequest;
use kit::target::App;
use kit::{Outcome, Request, Target, Verdict};

/// The request with the credentials in the body.
pub(super) fn in_body(request: TokenRequest, client_id: &str, secret: &str) -> TokenRequest {
    request.no_basic().set("client_id", client_id).set("client_secret", secret)
}

pub(super) fn secret_of(app: &App) -> Result<String, Verdict> {
    app.client_secret.clone().ok_or_else(|| Verdict::skipped("a client with a secret"))
}

rule!(
    Check::server("R4.4", "a wrong secret is refused")
        .must("RFC 6749 §5.2", "Secret wrong, missing or almost right, client unknown or absent, by Basic or in the body: an error and no token. RFC 6749 §5.2: to invalid_client by Basic the server \"MUST respond with an HTTP 401\" and name that scheme.")
        .why("The secret is what tells the client from anybody who holds a copied code.")
        .run(|target| Box::pin(wrong_secret(target)))
);

rule!(
    Check::server("R4.4", "a wrong secret is 401 invalid_client")
        .lab_rule("RFC 6749 §5.2", "Secret wrong, missing or almost right, client unknown or absent, by Basic or in the body, or a broken header: 401 invalid_client with WWW-Authenticate: Basic.")
        .why("One mistake has one answer, wherever the secret stood.")
        .run(|target| Box::pin(wrong_secret(target)))
);
async fn wrong_secret(target: Target) -> Outcome {
    let (id, secret) = (target.demo.client_id.clone(), secret_of(&target.demo)?);
    let mut near = vec![
        "wrong".to_owned(),
        String::new(),
        format!("{secret}x"),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret} "),
        format!(" {secret}"),
        format!("{secret}\u{0}"),
    ];
    near.extend(almost(&secret));
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let mut bent = vec![
        good.clone().basic("no-such-client", &secret),
        good.clone().basic("", ""),
        good.clone().basic(&id.to_uppercase(), &secret),
        good.clone().basic(&format!("{id} "), &secret),
        in_body(good.clone(), "no-such-client", &secret),
        good.clone().no_basic(),
        good.clone().no_basic().set("client_id", &id),
        good.clone().no_basic().set("client_secret", &secret),
    ];
    for wrong in &near {
        bent.push(good.clone().basic(&id, wrong));
        if !wrong.contains('\u{0}') {
            bent.push(in_body(good.clone(), &id, wrong));
        }
    }
    if let Ok(other) = target.other() {
        bent.push(good.clone().basic(&id, &secret_of(other)?));
        bent.push(good.clone().basic(&other.client_id, &secret));
    }
    for request in bent {
        refused_by_token(&target, &target.send(&request).await?, 401, "invalid_client")?;
    }
    let broken = [
        "Basic",
        "Basic !!!",
        "Basic e30=",
        "Bearer e30",
        "Basic /w==",
        "nonsense",
    ];
    for value in broken.into_iter().filter(|_| target.exact) {
        let request = good.clone().no_basic().http().header("Authorization", value);
        refused_by_token(&target, &target.http.send(request).await?, 401, "invalid_client")?;
    }
    target.still_works().await
}

rule!(
    Check::server("R4.4", "a client is judged before its grant, and failing costs the code nothing")
        .lab_rule("RFC 6749 §3.2.1", "A wrong secret is invalid_client even when grant_type is bad too; six such tries leave the code good.")
        .why("A stranger must learn nothing about a code and must not be able to spoil it.")
        .run(|target| Box::pin(client_first(target)))
);
async fn client_first(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let stranger = good.clone().basic(&target.demo.client_id, "wrong");
    for kind in [
        "nonsense",
        "password",
        "",
        "authorization_code",
        "authorization_code",
        "authorization_code",
    ] {
        let request = stranger.clone().set("grant_type", kind);
        refused_by_token(&target, &target.send(&request).await?, 401, "invalid_client")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.7", "nothing in the query of /token is honoured")
        .must("RFC 6749 §2.3.1", "A token request whose client_secret or code stands in the query brings an error and no token. RFC 6749 §2.3.1: they \"MUST NOT be included in the request URI\".")
        .why("URLs are written to logs; secrets must not be.")
        .run(|target| Box::pin(query_ignored(target)))
);

rule!(
    Check::server("R4.7", "nothing in the query of /token is honoured: it is as good as absent")
        .lab_rule("RFC 6749 §2.3.1", "client_secret or code in the query is as good as absent: 401 invalid_client, 400 invalid_request.")
        .why("URLs are written to logs; secrets must not be.")
        .run(|target| Box::pin(query_ignored(target)))
);
async fn query_ignored(target: Target) -> Outcome {
    let (id, secret) = (target.demo.client_id.clone(), secret_of(&target.demo)?);
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let credentials = encode_pairs(&[
        ("client_id", &id),
        ("client_secret", &secret),
    ]);
    let with_query = |request: Request, query: &str| Request {
        url: format!("{}?{query}", request.url),
        ..request
    };
    let secret_in_query = with_query(good.clone().no_basic().http(), &credentials);
    refused_by_token(&target, &target.http.send(secret_in_query).await?, 401, "invalid_client")?;
    let id_in_body = with_query(good.clone().no_basic().set("client_id", &id).http(), &credentials);
    refused_by_token(&target, &target.http.send(id_in_body).await?, 401, "invalid_client")?;
    let code = encode_pairs(&[("code", &grant.code)]);
    let code_in_query = with_query(good.clone().without("code").http(), &code);
    refused_by_token(&target, &target.http.send(code_in_query).await?, 400, "invalid_request")?;
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.12", "a public client needs no secret but PKCE")
        .must("RFC 9700 §2.1.1", "demo-public gets a token with client_id and verifier alone, and none without the verifier. RFC 9700 §2.1.1: \"Public clients MUST use PKCE\".")
        .why("It cannot keep a secret, so PKCE is all that protects its codes.")
        .run(|target| Box::pin(public_client(target)))
);

rule!(
    Check::server("R4.12", "a public client needs no secret but PKCE, and shows none")
        .lab_rule("RFC 9700 §2.1.1", "demo-public gets a token with client_id and verifier alone; without verifier 400 invalid_request; with a secret 401 invalid_client.")
        .why("Who sends a secret takes itself for another client.")
        .run(|target| Box::pin(public_client(target)))
);
async fn public_client(target: Target) -> Outcome {
    let public = target.public()?;
    let grant = target.code_of(public).await?;
    let good = target.redeem(&grant);
    let no_verifier = good.clone().without("code_verifier");
    refused_by_token(&target, &target.send(&no_verifier).await?, 400, "invalid_request")?;
    if target.exact {
        let secret = good.clone().set("client_secret", "any");
        target.send(&secret).await?.must_be_oauth_error(401, "invalid_client")?;
        let basic = good.clone().basic(&public.client_id, "any");
        target.send(&basic).await?.must_be_oauth_error(401, "invalid_client")?;
    }
    let tokens = target.tokens_for(&good).await?;
    tokens.answer.must(!tokens.access_token.is_empty(), "an access token")?;
    Ok(())
}
