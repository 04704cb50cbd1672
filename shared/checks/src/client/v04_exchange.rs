//! The client at the token endpoint: a clean URL afterwards, and a clear page when it fails (RFC 6749 §4.1.3).

use super::flow::value_of;
use super::judge::{MARKUP, no_markup, while_playing};
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::origin;
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::{Answer, Outcome, Target, Verdict};

rule!(
    Check::client("R4.13", "after the exchange the address bar holds neither code nor state")
        .lab_rule("draft-ietf-oauth-v2-1 §2.3.6", "The callback redeems the code once, authenticated and with its verifier, and redirects to a clean URL.")
        .why("What stays in the address bar ends up in the history, in bookmarks and in screenshots.")
        .run(|target| Box::pin(clean_url(target)))
);
async fn clean_url(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let (code, state) = (begun.code(), begun.state()?);
    let mut answer = browser.get(begun.callback.clone()).await?;
    answer.must(matches!(answer.status, 302 | 303), "302 or 303 to a clean URL")?;
    while let Some(location) = answer.location().filter(|_| answer.is_redirect()) {
        answer.must(
            !location.contains(&code)
                && !location.contains(&state)
                && value_of(&location, "code").is_none(),
            "a Location without code and state",
        )?;
        answer.must(origin(&location) == origin(&stage.client), "a Location inside the client")?;
        answer = browser.get(location).await?;
    }
    stage.accepted(&mut browser, &code, answer).await?;
    exchange(&stage, &code, &begun.asked("redirect_uri").unwrap_or_default())
}

/// The one token request was whole: grant type, redirect URI, verifier, and the client's authentication in one place.
fn exchange(stage: &Stage, code: &str, redirect_uri: &str) -> Outcome {
    let heard = stage.play.heard_at("/token");
    let good = heard.len() == 1
        && heard.iter().all(|request| {
            request.method == "POST"
                && request.query.is_empty()
                && request.form("grant_type") == Some("authorization_code")
                && request.form("code") == Some(code)
                && request.form("redirect_uri").is_none_or(|sent| sent == redirect_uri)
                && request.form("code_verifier").is_some()
                && request.basic().is_some() != request.form("client_secret").is_some()
        });
    if good {
        return Ok(());
    }
    Err(Verdict::failed(
        "one whole flow",
        "one POST /token with grant_type, code, code_verifier and one client authentication, nothing in the query",
        heard.iter().map(|request| request.line()).collect::<Vec<_>>().join("\n"),
    ))
}

/// A flow whose token request is answered by `reply`: a 502 page; and the same browser can then log in.
pub(super) async fn bad_gateway(stage: &Stage, reply: Reply) -> Result<Answer, Verdict> {
    let mut browser = stage.browser();
    stage.play.script(|script| script.code_grant = reply.clone());
    let begun = stage.begin(&mut browser).await?;
    let answer = browser.get(begun.callback.clone()).await?;
    let judge = || {
        answer.must_be_page(502)?;
        no_markup(&answer)?;
        answer.must(!answer.body.contains(&begun.code()), "a page without the code")?;
        answer.must(stage.redemptions(&begun.code()) == 1, "one token request, no second try")?;
        Ok(())
    };
    judge().map_err(|verdict| while_playing(verdict, "/token", &reply))?;
    stage.play.script(|script| script.code_grant = Reply::Judge);
    stage.log_in(&mut browser).await?;
    Ok(answer)
}

rule!(
    Check::client("E14", "a refusal of the token endpoint becomes a 502 page with its error code")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.2", "When /token answers 400 or 401, the callback is a 502 page that names the error code, escaped.")
        .why("The user should learn what failed, and a hostile server should get no markup into our page.")
        .run(|target| Box::pin(refused(target)))
);
async fn refused(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for (status, error) in [
        (400, "invalid_grant"),
        (401, "invalid_client"),
        (400, MARKUP),
    ] {
        let page = bad_gateway(&stage, Reply::error(status, error)).await?;
        page.must(text(&page.body).contains(error), format!("a page that names {error}"))?;
    }
    Ok(())
}

rule!(
    Check::client("E15", "nonsense from the token endpoint becomes a 502 page")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1, A.12", "When /token answers 500, no JSON, JSON without a printable token, no HTTP or nothing, the callback is a 502 page.")
        .why("What a server sends is input: a client that trusts its shape crashes or logs in nobody.")
        .run(|target| Box::pin(nonsense(target)))
);
async fn nonsense(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let cut_short = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"access_token\":";
    let replies = [
        Reply::text(500, "Internal Server Error"),
        Reply::text(200, MARKUP),
        Reply::text(302, ""),
        Reply::json(&serde_json::json!({})),
        Reply::json(&serde_json::json!({ "access_token": 17, "token_type": "Bearer" })),
        Reply::json(&serde_json::json!({ "access_token": "", "token_type": "Bearer" })),
        Reply::json(&serde_json::json!({ "access_token": "two\r\nlines", "token_type": "Bearer" })),
        Reply::json(&serde_json::json!({ "access_token": "opaque", "token_type": "unheard-of" })),
        Reply::json(&serde_json::json!(["access_token"])),
        Reply::error(400, ""),
        Reply::Bytes(b"these bytes are no HTTP\r\n\r\n".to_vec()),
        Reply::Bytes(cut_short.to_vec()),
        Reply::HangUp,
    ];
    for reply in replies {
        bad_gateway(&stage, reply).await?;
    }
    Ok(())
}

rule!(
    Check::client("E16", "a token endpoint that cannot be reached becomes a 502 page")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §4.1.3", "When nobody listens where /token should be, the callback is a 502 page.")
        .why("A server that is down is nobody's mistake: the user should read that, and try again later.")
        .run(|target| Box::pin(unreachable(target)))
);
async fn unreachable(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    stage.play.close();
    let answer = browser.get(begun.callback.clone()).await;
    stage.reopen().await?;
    let answer = answer?;
    answer.must_be_page(502)?;
    answer.must(!answer.body.contains(&begun.code()), "a page without the code")?;
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E17", "a token response may be slow, opaque and without expires_in")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §1.4, §5.1", "A token that is no JWT, a response without expires_in and one that takes half a second all work.")
        .why("A token is opaque to the client, and expires_in is only RECOMMENDED.")
        .run(|target| Box::pin(unusual(target)))
);
async fn unusual(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.log_in(&mut stage.browser()).await?;
    stage.play.script(|script| script.expires_in = None);
    stage.log_in(&mut stage.browser()).await?;
    stage.play.script(|script| script.token_delay = std::time::Duration::from_millis(500));
    stage.log_in(&mut stage.browser()).await?;
    Ok(())
}
