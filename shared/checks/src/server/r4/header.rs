//! R4.5, R4.6: what may stand in the Authorization header of a token request.

use crate::server::r4::client::{in_body, secret_of};
use crate::server::support::{of_this_lab, refused_by_token};
use crate::{Check, rule};
use kit::encoding::base64;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.5", "a second Authorization header is refused")
        .lab_rule(
            "RFC 9110 §5.3, §11.6.2",
            "Two Authorization headers, equal or not: 400 invalid_request; the code is not spent."
        )
        .why("A proxy may read the one and the server the other.")
        .run(|target| Box::pin(two_headers(target)))
);
async fn two_headers(target: Target) -> Outcome {
    // Many frameworks keep one of the two and never tell the server about the other.
    of_this_lab(&target)?;
    let secret = secret_of(&target.demo)?;
    let grant = target.code().await?;
    for second in ["wrong", &secret] {
        let request = target.redeem(&grant).http().basic(&target.demo.client_id, second);
        target.http.send(request).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}

rule!(
    Check::server("R4.6", "another scheme than Basic shows no secret")
        .must("RFC 9110 §11.1", "The right credentials under the name of another scheme: an error and no token; the code is not spent.")
        .why("What is read as Basic without being called so is read as something that nobody meant.")
        .run(|target| Box::pin(other_scheme(target)))
);

rule!(
    Check::server("R4.6", "another scheme than Basic shows no secret: 401 with a challenge")
        .lab_rule("RFC 9110 §11.1", "The right credentials under the name of another scheme: 401 invalid_client with WWW-Authenticate: Basic.")
        .why("The answer names the scheme that would have been right.")
        .run(|target| Box::pin(other_scheme(target)))
);
async fn other_scheme(target: Target) -> Outcome {
    let (id, secret) = (&target.demo.client_id, secret_of(&target.demo)?);
    let grant = target.code().await?;
    let credentials = base64(format!("{id}:{secret}").as_bytes());
    for scheme in ["Bearer", "Digest", "Basics"] {
        let request = target.redeem(&grant).no_basic().http();
        let request = request.header("Authorization", format!("{scheme} {credentials}"));
        refused_by_token(&target, &target.http.send(request).await?, 401, "invalid_client")?;
    }
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}

rule!(
    Check::server("R4.12", "an empty secret by Basic is no secret")
        .lab_rule("RFC 6749 §2.3.1, §3.2", "demo-public by Basic with an empty password: a token, as without; demo-client so: 401 invalid_client; a blank is a secret.")
        .why("Many programs can only send a name together with a password, and an empty parameter counts as absent.")
        .run(|target| Box::pin(empty_secret(target)))
);
async fn empty_secret(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let public = target.public()?;
    for secret in [" ", "x"] {
        let grant = target.code_of(public).await?;
        let request = target.redeem(&grant).basic(&public.client_id, secret);
        target.send(&request).await?.must_be_oauth_error(401, "invalid_client")?;
    }
    let grant = target.code_of(public).await?;
    target.tokens_for(&target.redeem(&grant).basic(&public.client_id, "")).await?;
    let grant = target.code_of(public).await?;
    let by_header_alone = target.redeem(&grant).without("client_id").basic(&public.client_id, "");
    target.tokens_for(&by_header_alone).await?;
    let grant = target.code().await?;
    let confidential = target.redeem(&grant).basic(&target.demo.client_id, "");
    target.send(&confidential).await?.must_be_oauth_error(401, "invalid_client")?;
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}

rule!(
    Check::server("R4.6", "an empty Authorization header is no header")
        .lab_rule("RFC 6749 §3.2", "Beside good credentials in the body: a token; alone: 401 invalid_client, as without it.")
        .why("Programs and proxies leave empty headers behind; empty is absent, wherever it stands.")
        .run(|target| Box::pin(empty_header(target)))
);
async fn empty_header(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let secret = secret_of(&target.demo)?;
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let alone = good.clone().no_basic().http().header("Authorization", "");
    target.http.send(alone).await?.must_be_oauth_error(401, "invalid_client")?;
    let in_body = in_body(good, &target.demo.client_id, &secret).http();
    let answer = target.http.send(in_body.header("Authorization", "")).await?;
    answer.must_be(200)?;
    Ok(())
}
