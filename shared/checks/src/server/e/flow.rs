//! E7, E8, E18: `/debug/flow` draws what was sent, within bounds, and only its own page may empty it.

use std::time::{Duration, Instant};

use crate::server::e::debug::is_there;
use crate::server::support::must;
use crate::{Check, rule};
use kit::request::FORM;
use kit::{Answer, Outcome, Request, Target, Verdict};
use serde_json::Value;

/// What `/debug` answers, beside `/debug/state`.
pub(super) const PATHS: [&str; 6] = [
    "/debug/flow",
    "/debug/flow?format=json",
    "/debug/flow?format=fragment",
    "/debug/flow.css",
    "/debug/flow-page.css",
    "/debug/flow.js",
];

/// What a browser accepts.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A pair of its own: what other checks do at the same time would stand in the diagram, too. Nobody else has to draw one.
async fn drawn(target: &Target) -> Result<Target, Verdict> {
    is_there(target).await?;
    let target = target.alone().await?;
    match told(&target, &target.server).await {
        Ok(_) => Ok(target),
        Err(_) if target.pair.is_none() => Err(Verdict::skipped("/debug/flow of the server")),
        Err(verdict) => Err(verdict),
    }
}

/// What a process has noted, and the answer that said so.
async fn told(target: &Target, url: &str) -> Result<(Vec<Value>, u64, Answer), Verdict> {
    let request = Request::get(format!("{url}/debug/flow?format=json")).header("Accept", BROWSER);
    let answer = target.http.send(request).await?;
    answer.must_be(200)?;
    let json = answer.json().unwrap_or_default();
    let notes = json["notes"].as_array().cloned();
    let notes = notes.ok_or_else(|| answer.fail("JSON with notes"))?;
    Ok((notes, json["dropped"].as_u64().unwrap_or_default(), answer))
}

rule!(
    Check::server("E7", "/debug/flow is JSON for tools and HTML for browsers")
        .lab_rule("lab rule", "JSON by default, HTML when Accept names text/html, JSON again with ?format=json, the diagram alone with ?format=fragment; never kept, and what was sent a moment ago is in it.")
        .why("One address serves the browser, the other process of the pair, and whoever draws a picture.")
        .run(|target| Box::pin(formats(target)))
);
async fn formats(target: Target) -> Outcome {
    let target = drawn(&target).await?;
    target.browser().get(target.request().url()).await?;
    for (accept, query, html) in [
        ("*/*", "", false),
        ("application/json", "", false),
        (BROWSER, "", true),
        (BROWSER, "?format=jsonx", true),
        (BROWSER, "?format=json", false),
        (BROWSER, "?a=b&format=json", false),
        ("*/*", "?format=fragment", true),
    ] {
        let url = target.url(&format!("/debug/flow{query}"));
        let answer = target.http.send(Request::get(url).header("Accept", accept)).await?;
        let kind = if html {
            "text/html"
        } else {
            "application/json"
        };
        answer.must(answer.status == 200 && answer.media_type() == kind, format!("200 {kind}"))?;
        answer.must(answer.body.contains("/authorize"), "the message that was sent before")?;
        let whole = html && !query.contains("fragment");
        answer.must(whole == answer.body.contains("<script"), "a script on the page alone")?;
        answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    }
    Ok(())
}

/// So many messages are kept, and so large is one at most, as JSON.
const KEPT: usize = 300;
const LARGEST: usize = 10 * 1024;

rule!(
    Check::server("E8", "/debug/flow keeps the newest messages, and little of each")
        .lab_rule("lab rule", "Of a flood 200 messages are noted at once, then 50 a second, and the rest is counted; 300 are kept; the largest form there may be is noted in 10 KiB.")
        .why("Anybody may send a message, as often and as long as they like.")
        .run(|target| Box::pin(bounded(target)))
);
async fn bounded(target: Target) -> Outcome {
    let target = drawn(&target).await?;
    // Letters of four bytes, in the one field that is shown longest.
    let value = "%F0%A0%80%80".repeat(100);
    let form = format!("&error_description={value}").repeat(45);
    for _ in 0..3 {
        let request = Request::new("POST", target.url("/login")).body(FORM, form.clone());
        target.http.send(request).await?;
    }
    let (notes, ..) = told(&target, &target.server).await?;
    let largest = notes.iter().map(|note| note.to_string().len()).max().unwrap_or_default();
    let sent = "POST /login with a form of 60 KiB";
    let wanted = "a note of 1 to 10 KiB";
    must((1024..=LARGEST).contains(&largest), sent, wanted, format!("{largest} bytes"))?;
    let begin = Instant::now();
    flood(&target, 700).await?;
    let (notes, dropped, answer) = told(&target, &target.server).await?;
    let noted = newest(&notes)["number"].as_u64().unwrap_or_default();
    let most = 220 + 60 * (begin.elapsed().as_secs() + 1);
    answer.must(noted <= most, format!("a flood of which {most} are noted; there were {noted}"))?;
    let counted = notes.len() as u64 + dropped >= 700;
    answer.must(counted, format!("all others counted as dropped; there were {dropped}"))?;
    // More than are kept, as slowly as they are noted.
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        flood(&target, 25).await?;
    }
    let mark = target.url("/the-newest");
    target.http.send(Request::get(mark)).await?;
    let (notes, _, answer) = told(&target, &target.server).await?;
    answer.must(newest(&notes)["path"] == "/the-newest", "the newest message last")?;
    answer.must(notes.len() == KEPT, format!("{KEPT} notes; there are {}", notes.len()))?;
    target.still_works().await
}

fn newest(notes: &[Value]) -> Value {
    notes.last().cloned().unwrap_or_default()
}

async fn flood(target: &Target, times: usize) -> Outcome {
    for _ in 0..times {
        target.http.send(Request::get(target.url("/no-such-page"))).await?;
    }
    Ok(())
}

rule!(
    Check::server("E18", "a foreign page cannot empty the diagram")
        .lab_rule("RFC 9700 §4.7", "POST /debug/flow with another Origin, near misses, null and the other process among them, or a cross-site mark is 403 and forgets nothing; its own page and programs may. It empties both processes, and with ?only=this the one that was asked.")
        .why("Any page of the web can send a form to localhost: it must not wipe out what you are looking at.")
        .run(|target| Box::pin(foreign_origin(target)))
);
async fn foreign_origin(target: Target) -> Outcome {
    let target = drawn(&target).await?;
    let client = target.client.clone().ok_or_else(|| Verdict::skipped("the client of the pair"))?;
    let pair = [
        (&target.server, &client),
        (&client, &target.server),
    ];
    for (own, other) in pair {
        let form = Request::new("POST", format!("{own}/debug/flow")).body(FORM, "");
        visit(&target, &client).await?;
        let foreign = [
            other.clone(),
            "null".into(),
            "http://evil.example".into(),
            format!("{own}0"),
            format!("{own}/"),
            format!("{own}.evil.example"),
            own.replace("http:", "https:"),
            own.to_ascii_uppercase(),
            own[..own.len() - 1].into(),
        ];
        for origin in foreign {
            target.http.send(form.clone().header("Origin", origin)).await?.must_be_page(403)?;
        }
        for site in ["cross-site", "same-site"] {
            let request = form.clone().header("Sec-Fetch-Site", site);
            target.http.send(request).await?.must_be_page(403)?;
        }
        knows(&target, own, true).await?;
        let page = form.clone().header("Origin", own.clone());
        for good in [
            page.header("Sec-Fetch-Site", "same-origin"),
            form,
        ] {
            visit(&target, &client).await?;
            let mut this = good.clone();
            this.url.push_str("?only=this");
            target.http.send(this).await?.must_be(303)?;
            knows(&target, own, false).await?;
            knows(&target, other, true).await?;
            visit(&target, &client).await?;
            target.http.send(good).await?.must_be(303)?;
            knows(&target, own, false).await?;
            knows(&target, other, false).await?;
        }
    }
    Ok(())
}

/// Both processes have something to note.
async fn visit(target: &Target, client: &str) -> Outcome {
    for url in [&target.server, client] {
        target.http.send(Request::get(format!("{url}/no-such-page"))).await?;
    }
    Ok(())
}

/// Whether this process still has its notes.
async fn knows(target: &Target, url: &str, wanted: bool) -> Outcome {
    let (notes, _, answer) = told(target, url).await?;
    let words = if wanted {
        "the notes are kept"
    } else {
        "no notes any more"
    };
    answer.must(notes.is_empty() != wanted, words)?;
    Ok(())
}
