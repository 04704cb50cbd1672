//! Who may press the client's buttons: its own pages, and nobody else's (RFC 9700 §4.7, RFC 6454 §6.2).

use super::stage::Stage;
use super::v06_refresh::{refreshed, with_refresh_token};
use crate::{Check, rule};
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::{Answer, Browser, Outcome, Request, Target};

/// Origins that are nearly the client's own.
fn foreign(stage: &Stage) -> Vec<String> {
    let own = &stage.client;
    let (scheme, rest) = own.split_once("://").unwrap_or(("http", own));
    let (host, port) = rest.rsplit_once(':').unwrap_or((rest, "80"));
    let other_host = if host == "localhost" {
        "127.0.0.1"
    } else {
        "localhost"
    };
    vec![
        "http://127.0.0.1:5666".to_owned(),
        "http://localhost:5666".to_owned(),
        "null".to_owned(),
        stage.play.url(),
        format!("{own}.evil.example"),
        format!("{own}0"),
        format!("{own}/"),
        own[..own.len() - 1].to_owned(),
        format!("{scheme}://{host}"),
        format!("https://{rest}"),
        format!("{scheme}://{other_host}:{port}"),
        format!("{scheme}://evil.{rest}"),
        own.to_ascii_uppercase(),
        format!("{own} {own}"),
    ]
}

/// A form from every wrong place is 403.
async fn refused(stage: &Stage, browser: &mut Browser, path: &str) -> Outcome {
    let form = Request::form::<&str, &str>(stage.url(path), &[]);
    for origin in foreign(stage) {
        let request = form.clone().header("Origin", origin);
        browser.send(request).await?.must_be_page(403)?;
    }
    for site in ["cross-site", "same-site"] {
        let request = form.clone().header("Sec-Fetch-Site", site);
        browser.send(request.clone()).await?.must_be_page(403)?;
        // Null is what a page says that hides its address, whosever it is.
        browser.send(request.header("Origin", "null")).await?.must_be_page(403)?;
    }
    // Which of two Origins a client of somebody else reads is not for us to say.
    let two = [&stage.client, "http://localhost:5666"];
    for (first, second) in [(two[0], two[1]), (two[1], two[0])].into_iter().filter(|_| stage.ours) {
        let both = form.clone().header("Origin", first).header("Origin", second);
        browser.send(both).await?.must_be_page(403)?;
    }
    let foreign = form.header("Origin", "http://localhost:5666");
    let lie = foreign.header("Sec-Fetch-Site", "none");
    browser.send(lie).await?.must_be_page(403)?;
    Ok(())
}

rule!(
    Check::client("E18", "the client's forms refuse a foreign Origin")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §4.7", "POSTs with another Origin, near misses and null among them, or a cross-site mark are 403 and change nothing; our own pages, as browsers send their forms, and programs may.")
        .why("SameSite ignores ports: a page on another port of localhost could press our buttons.")
        .run(|target| Box::pin(foreign_origin(target)))
);
async fn foreign_origin(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    refused(&stage, &mut browser, "/logout").await?;
    stage.must_be_logged_in(&mut browser, true).await?;
    welcome(&stage, browser).await
}

rule!(
    Check::client("E18", "a foreign Origin cannot press the refresh button")
        .since(Capability::Refresh)
        .lab_rule("RFC 9700 §4.7", "POST /refresh with another Origin, near misses and null among them, or a cross-site mark is 403 and refreshes nothing.")
        .why("SameSite ignores ports: a page on another port of localhost could press our buttons.")
        .run(|target| Box::pin(foreign_refresh(target)))
);
async fn foreign_refresh(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    refused(&stage, &mut browser, "/refresh").await?;
    refreshed(&stage, 0)?;
    stage.press(&mut browser, "/refresh", &[]).await?;
    refreshed(&stage, 1)
}

rule!(
    Check::client("E18", "a foreign Origin cannot write a note")
        .since(Capability::Scopes)
        .lab_rule("RFC 9700 §4.7", "POST /notes with another Origin, near misses and null among them, or a cross-site mark is 403 and asks the API nothing; from the client's own page it is written.")
        .why("What a client may do in its user's name, no other page may make it do.")
        .run(|target| Box::pin(foreign_note(target)))
);
async fn foreign_note(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?;
    let written = |home: &Answer, wanted: usize| {
        let heard = stage.play.heard_at("/api/notes");
        let count = heard.iter().filter(|request| request.method == "POST").count();
        home.must(count == wanted, format!("{wanted} notes sent to the API, not {count}"))
            .map(drop)
    };
    refused(&stage, &mut browser, "/notes").await?;
    let home = browser.get(stage.url("/")).await?;
    written(&home, 0)?;
    let page = stage.press(&mut browser, "/notes", &[("text", "Feed the cat.")]).await?;
    written(&page, 1)
}

/// Our own page may press the button; so may a program that is no browser, and a person who wrote the address.
async fn welcome(stage: &Stage, mut browser: Browser) -> Outcome {
    stage.press(&mut browser, "/logout", &[]).await?;
    stage.must_be_logged_in(&mut browser, false).await?;
    let bare = Request::form::<&str, &str>(stage.url("/logout"), &[]);
    let home = browser.get(stage.url("/")).await?;
    for request in [
        as_browsers_do(&home, bare.clone()),
        bare.clone(),
        bare.clone().header("Sec-Fetch-Site", "none"),
        bare.header("Sec-Fetch-Site", "same-origin"),
    ] {
        stage.log_in(&mut browser).await?;
        browser.send(request).await?.must_be(303)?;
        stage.must_be_logged_in(&mut browser, false).await?;
    }
    Ok(())
}

/// The form as a browser sends it from this page: one whose policy is `no-referrer` has the Origin `null`
/// (Fetch standard, "append a request `Origin` header").
fn as_browsers_do(page: &Answer, form: Request) -> Request {
    let origin = match page.has_word("referrer-policy", "no-referrer") {
        true => "null",
        false => origin(&page.request.url),
    };
    form.header("Origin", origin).header("Sec-Fetch-Site", "same-origin")
}

rule!(
    Check::client("E18", "an Origin is compared as browsers write it")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6454 §6.2", "With CLIENT_APP_URL on port 80 or with an upper-case host the form of the client's own page is taken, and another port is 403.")
        .why("Browsers leave :80 out and write hosts in lower case: compared as text, every button of that client is dead.")
        .run(|target| Box::pin(serialised(target)))
);
async fn serialised(target: Target) -> Outcome {
    for (url, own) in [
        ("http://localhost:80", "http://localhost"),
        ("http://LocalHost:8080", "http://localhost:8080"),
    ] {
        let stage = Stage::open_with(&target, &[("CLIENT_APP_URL", url)]).await?;
        let form = Request::form::<&str, &str>(stage.url("/logout"), &[]);
        for (origin, status) in [
            ("http://localhost:81", 403),
            ("http://localhost:808", 403),
            (own, 303),
        ] {
            let request = form.clone().header("Origin", origin);
            stage.browser().send(request).await?.must_be(status)?;
        }
    }
    Ok(())
}
