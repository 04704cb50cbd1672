//! R2.1 to R2.3: the server hands `state` back and otherwise leaves it alone.

use crate::server::support::{must, outcome_of};
use crate::{Check, rule};
use kit::encoding::{query_pairs, random};
use kit::{Answer, Outcome, Target};

/// Values that a careless server changes: printable ASCII is the grammar (RFC 6749 App. A.5).
fn states() -> Vec<String> {
    vec![
        "a b+c%26&=\"'<".to_owned(),
        (b' '..=b'~').map(char::from).collect(),
        "%".to_owned(),
        "%2B%20+ ".to_owned(),
        "code=x&state=y#z".to_owned(),
        "0".to_owned(),
        "s".repeat(1024),
    ]
}

fn same_state(answer: &Answer, state: &str) -> Outcome {
    let pairs = query_pairs(&answer.location().unwrap_or_default());
    let found: Vec<&str> =
        pairs.iter().filter(|pair| pair.0 == "state").map(|pair| pair.1.as_str()).collect();
    answer.must(found == [state], format!("exactly one state in the redirect: {state:?}"))?;
    Ok(())
}

rule!(
    Check::server("R2.1", "state comes back byte for byte")
        .must(
            "RFC 6749 §4.1.2",
            "The redirect with the code holds state exactly once, with the bytes that were sent."
        )
        .why("The client compares it with what it remembers; a changed byte looks like an attack.")
        .run(|target| Box::pin(echoed_with_the_code(target)))
);
async fn echoed_with_the_code(target: Target) -> Outcome {
    for state in states() {
        let request = target.request().set("state", &state);
        // Through the login form, then with a session.
        let mut browser = target.browser();
        for _ in 0..2 {
            let grant = target.code_for(&mut browser, &request, target.user()?).await?;
            same_state(&grant.answer, &state)?;
        }
    }
    Ok(())
}

rule!(
    Check::server("R2.1", "state comes back byte for byte with an error too")
        .must(
            "RFC 6749 §4.1.2.1",
            "The redirect with an error holds state exactly once, with the bytes that were sent."
        )
        .why("A client that cannot match an error to its request must ignore it.")
        .run(|target| Box::pin(echoed_with_an_error(target)))
);
async fn echoed_with_an_error(target: Target) -> Outcome {
    for state in states() {
        let good = target.request().set("state", &state);
        // Which mistake is an error, and which one, is for R1.4 and R3.1; an error carries state.
        let bent = [
            good.clone().without("response_type"),
            good.clone().set("response_type", "token"),
            good.without("code_challenge"),
        ];
        let mut seen = false;
        let mut last = None;
        for request in bent {
            let answer = outcome_of(&target, &request).await?;
            if answer.location_param("error").is_some() {
                same_state(&answer, &state)?;
                seen = true;
            }
            last = Some(answer);
        }
        if let (false, Some(answer)) = (seen, last) {
            return Err(answer.fail("a redirect with error and state"));
        }
    }
    target.still_works().await
}

rule!(
    Check::server("R2.1", "a state of 1,024 bytes is kept, a longer one refused and given back")
        .lab_rule("RFC 6749 §4.1.2.1", "1,024 bytes after decoding: a code and the same state; one more: error=invalid_request with the state as it came, and nothing is stored.")
        .why("Anybody may send a state and the server has to keep it; without a bound a hundred thousand visitors fill the memory.")
        .run(|target| Box::pin(longest(target)))
);
async fn longest(target: Target) -> Outcome {
    let user = target.user()?;
    // Bytes, not letters; and of the value, not of the form in which it travels (three bytes for each blank or umlaut).
    let kept = [
        "s".repeat(1024),
        " ".repeat(1024),
        "%".repeat(1024),
    ];
    let mut known = target.browser();
    for state in kept {
        for browser in [&mut target.browser(), &mut known] {
            let request = target.request().set("state", &state);
            let grant = target.code_for(browser, &request, user).await?;
            same_state(&grant.answer, &state)?;
        }
    }
    let mark = random();
    let refused = [
        format!("{mark}{}", "s".repeat(1025 - mark.len())),
        format!("{mark}{}", "é".repeat(600)),
        format!("{mark}{}", " ".repeat(2000)),
        format!("{mark}{}", "s".repeat(7000)),
    ];
    for state in refused {
        for browser in [&mut target.browser(), &mut known] {
            let request = target.request().set("state", &state);
            let answer = browser.get(request.url()).await?;
            answer.must_redirect_error(&request.redirect_uri, "invalid_request")?;
            same_state(&answer, &state)?;
        }
    }
    // The state is the one thing of these requests that can be recognised.
    if let Ok(stored) = target.storage().await {
        let clean = !stored.to_string().contains(&mark);
        let sent = "GET /debug/state, after states that are too long";
        must(clean, sent, "no row with such a state", "a row that holds one")?;
    }
    target.still_works().await
}

fn no_state(answer: &Answer) -> Outcome {
    let pairs = query_pairs(&answer.location().unwrap_or_default());
    answer.must(!pairs.iter().any(|pair| pair.0 == "state"), "no state in the redirect")?;
    Ok(())
}

rule!(
    Check::server("R2.2", "no state in, none out")
        .must("RFC 6749 §3.1, §4.1.2", "Without state, or with an empty one, the redirect has no state parameter, with a code and with an error.")
        .why("state is there only if it was present in the request, and an empty value counts as absent.")
        .run(|target| Box::pin(none_out(target)))
);
async fn none_out(target: Target) -> Outcome {
    for request in [
        target.request().without("state"),
        target.request().set("state", ""),
    ] {
        let mut browser = target.browser();
        no_state(&target.code_for(&mut browser, &request, target.user()?).await?.answer)?;
        let bent = request.without("response_type");
        no_state(&outcome_of(&target, &bent).await?)?;
    }
    Ok(())
}

rule!(
    Check::server("R2.3", "a request without state is served")
        .lab_rule(
            "draft-ietf-oauth-v2-1 §4.1.1",
            "A request without state gets a code: state is optional, the client enforces it."
        )
        .why("PKCE can do the work of state (RFC 9700 §2.1), so the server may not demand it.")
        .run(|target| Box::pin(optional(target)))
);
async fn optional(target: Target) -> Outcome {
    let request = target.request().without("state");
    target.code_for(&mut target.browser(), &request, target.user()?).await?;
    Ok(())
}
