//! R7.3, R7.4: the user says no, or yes to a part.

use crate::server::r7::support::{always_asked, exchange, opens_only, says};
use crate::server::support::must;
use crate::{Check, rule};
use kit::flow::{AuthorizationRequest, Pairs, Tokens};
use kit::{Answer, Browser, Outcome, Target, Verdict};

rule!(
    Check::server("R7.3", "a user who says no sends the client access_denied and its state")
        .must("RFC 6749 §4.1.2.1", "The no of the page of consent leads to redirect_uri with error=access_denied and the state, and without a code.")
        .why("Consent that cannot be refused is none, and the client has to hear of it.")
        .run(|target| Box::pin(denied(target)))
);
async fn denied(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let answer = browser.reply(&question, &question.deny()?).await?;
    is_denied(&answer, &request)?;
    // The yes to another question is none for the first one.
    let again = target.question(&mut browser, &request, target.user()?).await?;
    let answer = browser.reply(&again, &again.allow()).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

/// The client hears that the user said no.
pub(super) fn is_denied(answer: &Answer, request: &AuthorizationRequest) -> Outcome {
    answer.must_redirect_error(&request.redirect_uri, "access_denied")?;
    let same = answer.location_param("state").as_deref() == request.params.get("state");
    answer.must(same, "the state of the request")?;
    Ok(())
}

/// A question in a browser of its own, answered in a way that a check makes of it.
async fn answered(
    target: &Target,
    request: &AuthorizationRequest,
    change: impl FnOnce(Pairs) -> Pairs,
) -> Result<(Browser, Answer), Verdict> {
    let mut browser = target.browser();
    let question = target.question(&mut browser, request, target.user()?).await?;
    let answer = browser.reply(&question, &change(question.allow())).await?;
    Ok((browser, answer))
}

/// The fields, with another decision.
fn deciding(mut pairs: Pairs, decision: Option<&str>) -> Pairs {
    pairs.retain(|pair| pair.0 != "decision");
    pairs.extend(decision.map(|decision| ("decision".to_owned(), decision.to_owned())));
    pairs
}

rule!(
    Check::server("R7.3", "only the word allow allows, and a no leaves nothing behind")
        .lab_rule("RFC 6749 §4.1.2.1", "With decision deny, missing, empty or anything but allow: access_denied with the state, and the server holds no code, no grant and no consent.")
        .why("What counts as yes must be one thing; everything else is no.")
        .run(|target| Box::pin(nothing_left(target)))
);
async fn nothing_left(target: Target) -> Outcome {
    let target = target.alone().await?;
    let request = always_asked(&target)?;
    for decision in [
        Some("deny"),
        None,
        Some(""),
        Some("Allow"),
        Some("ALLOW"),
        Some("allow "),
        Some(" allow"),
        Some("allowed"),
        Some("allo"),
        Some("yes"),
        Some("true"),
        Some("on"),
        Some("deny allow"),
    ] {
        let (_, answer) = answered(&target, &request, |pairs| deciding(pairs, decision)).await?;
        answer.must_be(303)?;
        is_denied(&answer, &request)?;
    }
    // A server of somebody else holds what came before.
    if target.pair.is_some() {
        holds_nothing(&target).await?;
    }
    let (_, answer) = answered(&target, &request, |pairs| deciding(pairs, Some("allow"))).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

async fn holds_nothing(target: &Target) -> Outcome {
    let state = target.debug_state().await?;
    let empty = |table: &str| state["counts"][table] == 0;
    let tables = [
        "authorization_codes",
        "grants",
        "access_tokens",
        "consents",
    ];
    must(
        tables.into_iter().all(empty),
        "thirteen questions that nobody said allow to; then GET /debug/state",
        "no code, no grant, no token, and no consent",
        state["storage"].to_string(),
    )
}

/// Every part of a scope of three names, all of them and none excluded.
const PARTS: [&[&str]; 6] = [
    &["profile"],
    &["notes:read"],
    &["notes:write"],
    &["profile", "notes:read"],
    &["profile", "notes:write"],
    &["notes:read", "notes:write"],
];

rule!(
    Check::server("R7.4", "what the user unticks, the client does not get")
        .lab_rule("RFC 6749 §3.3", "For each part of a scope that the user leaves ticked: code, grant, token, claims and response have that part, the API opens for no more, and neither does it after a refresh.")
        .why("\"All or nothing\" teaches people to say all.")
        .run(|target| Box::pin(unticked(target)))
);
async fn unticked(target: Target) -> Outcome {
    let target = target.alone().await?;
    // At a server of somebody else this may have been allowed before: only the public client is asked for certain.
    let (request, parts) = match target.pair {
        Some(_) => (target.request().set("scope", "profile notes:read notes:write"), &PARTS[..]),
        None => (always_asked(&target)?, &PARTS[..2]),
    };
    for part in parts {
        let mut browser = target.browser();
        let question = target.question(&mut browser, &request, target.user()?).await?;
        let answer = browser.reply(&question, &question.allow_only(part)).await?;
        let code = answer.location_param("code").unwrap_or_default();
        let mut tokens = target.tokens_for(&exchange(&target, &request, &answer)?).await?;
        if target.pair.is_some() {
            stored(&target, &code, &tokens).await?;
        }
        for _ in 0..2 {
            says(&tokens, part)?;
            opens_only(&target, &tokens.access_token, part).await?;
            let next = target.refresh(&request.app, tokens.refresh_token()?);
            tokens = target.tokens_for(&next).await?;
        }
    }
    Ok(())
}

/// The rows of the code and of its grant have the scope that the response says.
async fn stored(target: &Target, code: &str, tokens: &Tokens) -> Outcome {
    let storage = target.storage().await?;
    let code = &storage["authorization_codes"][target.key(code)];
    let grant = &storage["grants"][code["grant_id"].as_str().unwrap_or_default()];
    for row in [code, grant] {
        let same = row["scope"] == tokens.json["scope"];
        must(same, "GET /debug/state", "the scope that the user left", row.to_string())?;
    }
    Ok(())
}

rule!(
    Check::server("R7.4", "who unticks everything has said no")
        .lab_rule(
            "RFC 6749 §4.1.2.1",
            "Allow without a single tick: access_denied with the state, and no code."
        )
        .why("A token that may do nothing is no answer that a client expects.")
        .run(|target| Box::pin(nothing_ticked(target)))
);
async fn nothing_ticked(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let ticks =
        |pairs: Pairs| pairs.into_iter().partition::<Pairs, _>(|pair| pair.0.starts_with("scope"));
    let (_, answer) = answered(&target, &request, |pairs| ticks(pairs).1).await?;
    is_denied(&answer, &request)?;
    let (_, answer) = answered(&target, &request, |pairs| {
        let (ticked, mut rest) = ticks(pairs);
        rest.extend(ticked.into_iter().map(|pair| (pair.0.to_ascii_uppercase(), pair.1)));
        rest
    })
    .await?;
    is_denied(&answer, &request)?;
    target.still_works().await
}
