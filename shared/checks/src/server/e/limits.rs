//! E1: how much a request may bring.

use crate::{Check, rule};
use kit::encoding::encode_pairs;
use kit::ladder::Capability;
use kit::request::FORM;
use kit::{Outcome, Request, Target};

/// A form of exactly this many bytes: the pairs, and a parameter that nobody knows.
fn padded(pairs: &[(String, String)], length: usize) -> String {
    let form = format!("{}&padding=", encode_pairs(pairs));
    let missing = length.saturating_sub(form.len());
    format!("{form}{}", "x".repeat(missing))
}

rule!(
    Check::server("E1", "a login body over 64 KiB is 413")
        .lab_rule(
            "RFC 9110 §15.5.14",
            "POST /login with more than 65536 bytes: a 413 page; with just under, the usual answer."
        )
        .why("Without a bound one request can fill the memory.")
        .run(|target| Box::pin(large_login(target)))
);
async fn large_login(target: Target) -> Outcome {
    let user = target.user()?;
    let pairs = [
        ("username", &user.username),
        ("password", &user.password),
    ]
    .map(|(name, value)| (name.to_owned(), value.clone()));
    let send = |length: usize| {
        let request = Request::new("POST", target.url("/login")).body(FORM, padded(&pairs, length));
        target.http.send(request.header("Origin", &target.server))
    };
    send(65_537).await?.must_be_page(413)?;
    send(200_000).await?.must_be_page(413)?;
    let answer = send(65_000).await?;
    answer.must(answer.is_redirect(), "a redirect for a good login of 65000 bytes")?;
    Ok(())
}

rule!(
    Check::server("E1", "a token request over 64 KiB is 413 in JSON")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9110 §15.5.14", "POST /token with more than 65536 bytes: 413 with JSON invalid_request; with just under, a token.")
        .why("Without a bound one request can fill the memory; the client still reads JSON.")
        .run(|target| Box::pin(large_token_request(target)))
);
async fn large_token_request(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let send = |length: usize| {
        let mut request = good.http();
        request.body = Some(padded(&good.params.0, length).into_bytes());
        target.http.send(request)
    };
    send(65_537).await?.must_be_oauth_error(413, "invalid_request")?;
    send(200_000).await?.must_be_oauth_error(413, "invalid_request")?;
    let answer = send(65_000).await?;
    answer.must(answer.status == 200, "200 for a good request of 65000 bytes")?;
    Ok(())
}

rule!(
    Check::server("E1", "a query over 8192 bytes is 414")
        .lab_rule(
            "RFC 9110 §15.5.15",
            "A query of 8193 bytes: a 414 page; the same request with 8192 bytes: the usual answer."
        )
        .why("What is stored for each pending request must have a bound.")
        .run(|target| Box::pin(long_query(target)))
);
async fn long_query(target: Target) -> Outcome {
    let request = target.request();
    let url = |length: usize| {
        format!("{}?{}", target.url("/authorize"), padded(&request.params.0, length))
    };
    for length in [8193, 20_000] {
        target.browser().get(url(length)).await?.must_be_page(414)?;
    }
    let mut browser = target.browser();
    let answer = browser.get(url(8192)).await?;
    let answer = target.walk_on(&mut browser, &request, answer, Some(target.user()?)).await?;
    answer.must(answer.location_param("code").is_some(), "a code for a query of 8192 bytes")?;
    Ok(())
}
