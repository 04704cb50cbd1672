//! R1.4, R1.6, R1.11: mistakes of the client go back to it; what came in never becomes markup.

use crate::server::support::{refused_by_page, refused_somehow};
use crate::{Check, rule};
use kit::encoding::encode;
use kit::html::{login_form, tags};
use kit::{Answer, Outcome, Request, Target};

rule!(
    Check::server("R1.4", "a missing response_type comes back as an error")
        .must("RFC 6749 §3.1.1, §4.1.2.1", "Without response_type, or with an empty one, the client gets an error and no code. RFC 6749 §3.1.1: the server \"MUST return an error response\".")
        .why("The client is known and can be told; a default would hide its mistake.")
        .run(|target| Box::pin(missing_response_type(target)))
);

rule!(
    Check::server("R1.4", "a missing response_type comes back as invalid_request")
        .lab_rule("RFC 6749 §3.1.1, §4.1.2.1", "Without response_type, or with an empty one, the client gets error=invalid_request at its redirect_uri.")
        .why("The client is known and can be told; a default would hide its mistake.")
        .run(|target| Box::pin(missing_response_type(target)))
);
async fn missing_response_type(target: Target) -> Outcome {
    let good = target.request();
    for request in [
        good.clone().without("response_type"),
        good.set("response_type", ""),
    ] {
        refused_somehow(&target, &request, "invalid_request", false).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R1.4", "another response_type comes back as an error")
        .must("RFC 6749 §3.1.1, §4.1.2.1", "token, id_token and other values: the client gets an error, no code and no token. RFC 6749 §3.1.1: if response_type is not understood, the server \"MUST return an error response\".")
        .why("response_type=token is the implicit grant: it puts tokens into URLs (RFC 9700 §2.1.2).")
        .run(|target| Box::pin(other_response_types(target)))
);

rule!(
    Check::server("R1.4", "another response_type comes back as unsupported_response_type")
        .lab_rule("RFC 6749 §4.1.2.1", "token, id_token and every other value but code: error=unsupported_response_type in the query of the redirect_uri.")
        .why("response_type=token is the implicit grant: it puts tokens into URLs (RFC 9700 §2.1.2).")
        .run(|target| Box::pin(other_response_types(target)))
);
async fn other_response_types(target: Target) -> Outcome {
    let mut values = vec![
        "token",
        "id_token",
        "code token",
        "CODE",
        "none",
        "<b>",
    ];
    if target.exact {
        // §3.1.1 lets blanks separate several values, so others may read this as one.
        values.push("code ");
    }
    for value in values {
        let request = target.request().set("response_type", value);
        refused_somehow(&target, &request, "unsupported_response_type", false).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R1.6", "a repeated client_id or redirect_uri is an error")
        .must("RFC 6749 §3.1", "client_id or redirect_uri sent twice, even with the same value: an error, and no code. RFC 6749 §3.1: parameters \"MUST NOT be included more than once\".")
        .why("Two readers of the same request could each believe another value.")
        .run(|target| Box::pin(repeated_identity(target)))
);

rule!(
    Check::server("R1.6", "a repeated client_id or redirect_uri gets a page")
        .lab_rule("RFC 6749 §3.1", "client_id or redirect_uri sent twice, even with the same value: 400 with a page, no Location.")
        .why("Two readers of the same request could each believe another value.")
        .run(|target| Box::pin(repeated_identity(target)))
);
async fn repeated_identity(target: Target) -> Outcome {
    for name in ["client_id", "redirect_uri"] {
        let good = target.request();
        let same = good.params.get(name).unwrap_or_default().to_owned();
        for second in [same.as_str(), "http://evil.example/"] {
            let request = good.clone().also(name, second);
            if target.exact {
                refused_by_page(&target, &request).await?;
            } else {
                refused_somehow(&target, &request, "invalid_request", true).await?;
            }
        }
    }
    target.still_works().await
}

rule!(
    Check::server("R1.6", "any other repeated parameter is an error")
        .must("RFC 6749 §3.1", "response_type, state or scope sent twice: an error, shown or sent back, and no code. RFC 6749 §3.1: parameters \"MUST NOT be included more than once\".")
        .why("Two readers of the same request could each believe another value.")
        .run(|target| Box::pin(repeated_others(target)))
);

rule!(
    Check::server("R1.6", "any other repeated parameter comes back as invalid_request")
        .lab_rule(
            "RFC 6749 §3.1",
            "response_type, state or scope sent twice: error=invalid_request at the redirect_uri."
        )
        .why("Two readers of the same request could each believe another value.")
        .run(|target| Box::pin(repeated_others(target)))
);
async fn repeated_others(target: Target) -> Outcome {
    for name in ["response_type", "state", "scope"] {
        let good = target.request();
        let first = good.params.get(name).unwrap_or("one").to_owned();
        for second in [first.as_str(), "two"] {
            let request = good.clone().set(name, &first).also(name, second);
            refused_somehow(&target, &request, "invalid_request", true).await?;
        }
    }
    target.still_works().await
}

/// Breaks out of a text, an attribute in either quotes, and a tag.
const MARKUP: &str = "x'\" labxss=1 ><labxss>";

rule!(
    Check::server("R1.11", "markup in any parameter comes back escaped")
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "Markup sent in any parameter, field or path never becomes a tag or an attribute of a page.")
        .why("A script on the server's pages acts as the user.")
        .run(|target| Box::pin(markup_is_escaped(target)))
);
async fn markup_is_escaped(target: Target) -> Outcome {
    let target = target.alone().await?;
    let good = target.request();
    let mut names: Vec<&str> = good.params.0.iter().map(|pair| pair.0.as_str()).collect();
    names.extend([
        "scope", "state", "nonsense", "error", MARKUP,
    ]);
    for name in names {
        let mut browser = target.browser();
        let mut answer = browser.get(good.clone().set(name, MARKUP).url()).await?;
        harmless(&answer)?;
        // The page behind the redirect, as long as it is the server's own.
        if answer.location().is_some_and(|to| to.starts_with(&target.server)) {
            answer = browser.follow(&answer).await?;
            harmless(&answer)?;
        }
    }
    for path in [
        "/",
        "/login",
        "/consent",
        "/welcome",
        "/debug/state",
        "/no-such-page",
        "/authorize",
    ] {
        let marked = encode(MARKUP);
        for url in [
            format!("{path}?ticket={marked}&{marked}={marked}&error={marked}"),
            format!("{path}/{marked}"),
        ] {
            let request = Request::get(target.url(&url)).header("Accept", "text/html");
            harmless(&target.browser().send(request).await?)?;
        }
    }
    let mut browser = target.browser();
    let page = browser.get(target.url("/login")).await?;
    let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
    let typed = [
        ("username", MARKUP),
        ("password", MARKUP),
        ("ticket", MARKUP),
    ];
    harmless(&browser.submit(&page, &form, &typed).await?)?;
    // Whatever was sent, the diagram shows it.
    let request = Request::get(target.url("/debug/flow")).header("Accept", "text/html");
    harmless(&target.http.send(request).await?)?;
    target.still_works().await
}

/// No tag and no attribute of the page was sent by us, and the server did not break.
fn harmless(answer: &Answer) -> Outcome {
    answer.must(answer.status < 500, "no 5xx, whatever is sent")?;
    if answer.media_type() == "text/html" || answer.media_type().is_empty() {
        let ours = |name: &str| name.contains("labxss");
        let found = tags(&answer.body).iter().any(|tag| {
            ours(&tag.name) || tag.attributes.iter().any(|attribute| ours(&attribute.0))
        });
        answer.must(!found, "the markup as text: &lt;labxss&gt;")?;
    }
    Ok(())
}
