//! E2: bytes that are no text, where text is wanted.

use crate::{Check, rule};
use kit::encoding::encode;
use kit::flow::AuthorizationRequest;
use kit::ladder::Capability;
use kit::{Outcome, Request, Target};

/// Percent-encoded bytes that are not clean text.
const DIRT: [&str; 6] = [
    "%FF",
    "x%C3%28",
    "%00",
    "a%0Ab",
    "a%0D%0ASet-Cookie:%20x=y",
    "%7F",
];

/// The URL of the request with one value written as it is, not encoded.
fn raw(request: &AuthorizationRequest, name: &str, value: &str) -> String {
    format!("{}&{}={value}", request.clone().without(name).url(), encode(name))
}

rule!(
    Check::server("E2", "broken UTF-8 and control characters at /authorize are refused")
        .lab_rule("RFC 6749 App. A", "In client_id or redirect_uri: a 400 page; in any other parameter: error=invalid_request, and a bad state is not sent back.")
        .why("The grammar of every parameter is printable text; anything else is a bug or an attack.")
        .run(|target| Box::pin(authorize(target)))
);
async fn authorize(target: Target) -> Outcome {
    let good = target.request();
    for dirt in DIRT {
        for name in ["client_id", "redirect_uri"] {
            let whole = format!("{}{dirt}", encode(good.params.get(name).unwrap_or_default()));
            for value in [dirt, &whole] {
                target.browser().get(raw(&good, name, value)).await?.must_be_page(400)?;
            }
        }
        let mut names = vec!["response_type"];
        names.extend(["state"].iter().filter(|_| target.has(Capability::State)));
        names.extend(
            [
                "code_challenge",
                "code_challenge_method",
            ]
            .iter()
            .filter(|_| target.has(Capability::Pkce)),
        );
        for name in names {
            let answer = target.browser().get(raw(&good, name, dirt)).await?;
            answer.must_redirect_error(&good.redirect_uri, "invalid_request")?;
            let clean = answer.all("set-cookie").all(|cookie| !cookie.starts_with("x="));
            answer.must(clean, "no header made of the value")?;
            if name == "state" {
                answer
                    .must(!answer.location().unwrap_or_default().contains("state="), "no state")?;
            }
        }
    }
    target.still_works().await
}

rule!(
    Check::server("E2", "broken UTF-8 and control characters at /token are invalid_request")
        .since(Capability::TokenEndpoint)
        .lab_rule(
            "RFC 6749 App. A",
            "In any parameter of the body: 400 invalid_request; the code is not spent."
        )
        .why(
            "The grammar of every parameter is printable text; anything else is a bug or an attack."
        )
        .run(|target| Box::pin(token(target)))
);
async fn token(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for dirt in DIRT {
        for name in [
            "grant_type",
            "code",
            "code_verifier",
            "redirect_uri",
            "client_id",
        ] {
            let bent = good.clone().without(name).http();
            let mut body = bent.body.clone().unwrap_or_default();
            body.extend_from_slice(format!("&{name}={dirt}").as_bytes());
            let request = Request {
                body: Some(body),
                ..bent
            };
            target.http.send(request).await?.must_be_oauth_error(400, "invalid_request")?;
        }
    }
    target.tokens_for(&good).await?;
    Ok(())
}
