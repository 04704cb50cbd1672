//! G1, G2: parameters are raw pairs, and what is compared is compared as it came.

use crate::server::support::{refused_somehow, still_good};
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Outcome, Target};

rule!(
    Check::server("G1", "empty parameters of /authorize are absent, unknown ones ignored")
        .must("RFC 6749 §3.1", "Unknown and empty optional parameters change nothing; an empty required one brings no code.")
        .why("Extensions must be able to send more than the server knows.")
        .run(|target| Box::pin(authorize(target)))
);
async fn authorize(target: Target) -> Outcome {
    let user = target.user()?;
    let good = target.request();
    let unknown = good.clone().set("nonsense", "1").set("scope", "").set("prompt", "").set("", "x");
    target.code_for(&mut target.browser(), &unknown, user).await?;
    let empty = good.set("response_type", "");
    refused_somehow(&target, &empty, "invalid_request", false).await
}

rule!(
    Check::server("G1", "a repeated parameter of /token is invalid_request")
        .since(Capability::TokenEndpoint)
        .must("RFC 6749 §3.2, §5.2", "Any parameter of the form sent twice, even with the same value: 400 invalid_request, which RFC 6749 §5.2 names for a request that \"repeats a parameter\"; the code is not spent.")
        .why("Two readers of the same request could each believe another value.")
        .run(|target| Box::pin(repeated_at_token(target)))
);
async fn repeated_at_token(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for name in [
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_id",
    ] {
        let first = good.params.get(name).unwrap_or(&target.demo.client_id).to_owned();
        for second in [first.as_str(), "other"] {
            let request = good.clone().set(name, &first).also(name, second);
            target.send(&request).await?.must_be_oauth_error(400, "invalid_request")?;
        }
    }
    still_good(&target, &good).await?;
    // That there is a refresh token, and that it works, is R6.1's affair.
    let tokens = target.tokens().await?;
    if let (true, Ok(token)) = (target.has(Capability::Refresh), tokens.refresh_token()) {
        let twice = target.refresh(&target.demo, token).also("refresh_token", token);
        target.send(&twice).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    Ok(())
}

rule!(
    Check::server("G1", "empty parameters of /token are absent, unknown ones ignored")
        .since(Capability::TokenEndpoint)
        .must("RFC 6749 §3.2", "Unknown and empty optional parameters change nothing: a token.")
        .why("Libraries send empty fields; extensions send unknown ones.")
        .run(|target| Box::pin(token(target)))
);
async fn token(target: Target) -> Outcome {
    let grant = target.code().await?;
    // A server that takes the secret in the body needs it there.
    let empty = if target.secret_in_body {
        "resource"
    } else {
        "client_secret"
    };
    let request = target
        .redeem(&grant)
        .set(empty, "")
        .set("scope", "")
        .set("nonsense", "1")
        .set("state", "x");
    target.tokens_for(&request).await?;
    Ok(())
}

rule!(
    Check::server("G2", "redirect_uri is never parsed and rebuilt")
        .must("RFC 9700 §4.1.3, RFC 3986 §6.2.1", "An odd but registered URI (upper case, :80, dot segments) gets the answer byte for byte; its tidied form is refused.")
        .why("URL libraries lower-case, drop ports and resolve dots: then other strings become equal.")
        .run(|target| Box::pin(as_received(target)))
);
async fn as_received(target: Target) -> Outcome {
    let odd = "http://LOCALHOST:80/a/../b/%7Ecallback";
    let target = target.with_settings(&[("REDIRECT_URI", odd)]).await?;
    let grant = target.code().await?;
    // `code_of` went the whole way to `odd`, byte for byte; `Location` says it once more.
    let location = grant.answer.header("location").unwrap_or_default();
    grant.answer.must(location.starts_with(odd), format!("Location begins with {odd}"))?;
    for tidied in [
        "http://localhost:80/a/../b/%7Ecallback",
        "http://LOCALHOST/a/../b/%7Ecallback",
        "http://LOCALHOST:80/b/%7Ecallback",
        "http://LOCALHOST:80/a/../b/~callback",
        "http://LOCALHOST:80/a/../b/%7ecallback",
        "http://localhost/b/~callback",
    ] {
        target.browser().get(target.request().to(tidied).url()).await?.must_be_page(400)?;
    }
    if target.has(Capability::TokenEndpoint) {
        target.tokens_for(&target.redeem(&grant)).await?;
    }
    Ok(())
}
