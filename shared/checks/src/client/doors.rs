//! The client's doors: which methods open them, and what happens when nobody is behind the server's.

use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::query_pairs;
use kit::html::text;
use kit::ladder::Capability;
use kit::{Outcome, Request, Target};

rule!(
    Check::client("E11", "the client's /start and /callback take GET only, HEAD included")
        .lab_rule("RFC 9110 §15.5.6", "HEAD, POST, PUT and DELETE on /start and /callback are 405 with Allow, and use nothing up.")
        .why("Link previews send HEAD: a state or a code must not be used up by a look at the link.")
        .run(|target| Box::pin(get_only(target)))
);
async fn get_only(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    for url in [
        stage.url("/start"),
        begun.callback.clone(),
    ] {
        for method in ["HEAD", "POST", "PUT", "DELETE"] {
            let request = Request::new(method, url.clone()).header("Origin", stage.client.clone());
            let answer = browser.send(request).await?;
            answer.must_be(405)?;
            let allowed = answer.has_word("allow", "GET") && !answer.has_word("allow", "HEAD");
            answer.must(allowed, "an Allow header with GET and without HEAD")?;
        }
    }
    let answer = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), answer).await?;
    Ok(())
}

rule!(
    Check::client("E12", "/start says so when the server is not running")
        .lab_rule("lab rule", "When nobody listens at the server's address, /start is a 503 page that names the command to start it.")
        .why("A redirect to a dead port leaves the user with the browser's own error page and no idea.")
        .run(|target| Box::pin(server_down(target)))
);
async fn server_down(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.play.close();
    let home = browser.get(stage.url("/")).await;
    let start = browser.get(stage.url("/start")).await;
    stage.reopen().await?;
    home?.must_be_page(200)?;
    let start = start?;
    start.must_be_page(503)?;
    if stage.ours {
        let command = format!("cargo run --bin {}-server", target.name());
        start.must(text(&start.body).contains(&command), format!("a page that names {command}"))?;
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E13", "broken callback parameters are a 400 page")
        .lab_rule("RFC 6749 §3.1", "A repeated code, state or error, and bytes that are no text, are a 400 page; too long a query is 414.")
        .why("Two parsers that pick different ones of two values are a hole; a crash is worse.")
        .run(|target| Box::pin(broken(target)))
);
async fn broken(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let queries = [
        "code=a&code=b",
        "code=a&error=access_denied&error=access_denied",
        "code=%ff%fe",
        "code=a%00b",
        "error=%ff",
        "",
    ];
    for query in queries {
        // From v02 on with a good state: so nothing else can be the reason for the refusal.
        let state = stage.begin(&mut browser).await?.asked("state");
        let state = state.map(|state| format!("&state={state}")).unwrap_or_default();
        let answer = browser.get(format!("{}?{query}{state}", stage.url("/callback"))).await?;
        answer.must_be_page(400)?;
    }
    if stage.has(Capability::State) {
        let state = stage.begin(&mut browser).await?.state()?;
        let twice = format!("{}?code=a&state={state}&state={state}", stage.url("/callback"));
        stage.refused("", &browser.get(twice).await?)?;
    }
    let long = format!("{}?code={}", stage.url("/callback"), "a".repeat(9000));
    browser.get(long).await?.must_be(414)?;
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("G13", "a callback has at most a hundred parameters")
        .lab_rule("lab rule", "A good callback with 100 parameters in all works, with 101 it is a 400 page, in either case at once.")
        .why("Who counts to no end is kept busy by whoever sends without end.")
        .run(|target| Box::pin(hundred(target)))
);
async fn hundred(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "the bound is its own").await?;
    for (all, good) in [(101, false), (100, true)] {
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        let there = query_pairs(&begun.callback).len();
        let more: String = (there..all).map(|number| format!("&p{number}=x")).collect();
        let answer = browser.get(format!("{}{more}", begun.callback)).await?;
        if good {
            stage.accepted(&mut browser, &begun.code(), answer).await?;
        } else {
            stage.refused(&begun.code(), &answer)?;
        }
    }
    Ok(())
}
