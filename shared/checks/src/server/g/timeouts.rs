//! G13: nobody may keep the server waiting, and waiting for one does not mean refusing another.

use std::time::{Duration, Instant};

use crate::server::support::must;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::wire::{Wire, authority, exchange};
use kit::{Outcome, Request, Target, Verdict};

/// A time-out that is set to one second may take this long on a busy machine, and no longer.
const SOON: Duration = Duration::from_secs(5);

/// Both programs of the pair, which share what serves them.
fn both(target: &Target) -> Vec<String> {
    let client = target.client.iter().cloned();
    [target.server.clone()].into_iter().chain(client).collect()
}

/// Fails unless the other side hangs up, and not before `least`.
async fn hangs_up(wire: &mut Wire, least: Duration, sent: &str) -> Outcome {
    let begin = Instant::now();
    let closed = wire.closed_within(SOON).await;
    let wanted = format!("a closed connection after {least:?} to {SOON:?}");
    let got = match closed {
        Some(after) => format!("closed after {after:?}"),
        None => format!("still open after {:?}", begin.elapsed()),
    };
    must(closed.is_some_and(|after| after >= least), sent, &wanted, got)
}

rule!(
    Check::server("G13", "a request whose head does not come is given up")
        .lab_rule("RFC 9110 §15.5.9", "With LAB_TIMEOUT_HEADER=1 a connection that brings nothing, half a head, or one letter now and then is closed within seconds; a head in two pieces is served.")
        .why("A thousand such connections cost the sender nothing and the server all that it may open.")
        .run(|target| Box::pin(header(target)))
);
async fn header(target: Target) -> Outcome {
    let short = [
        ("LAB_TIMEOUT_HEADER", "1"),
        ("LAB_TIMEOUT_IDLE", "2"),
    ];
    let target = target.with_settings(&short).await?;
    for url in both(&target) {
        let host = authority(&url);
        let half = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ");
        let mut silent = Wire::open(&url).await?;
        let mut partial = Wire::open(&url).await?;
        partial.say(&half).await;
        // Half a second between two pieces is no reason to give up.
        let mut slow = Wire::open(&url).await?;
        slow.say(&half).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        slow.say("x\r\nConnection: close\r\n\r\n").await;
        slow.answer().await?.must_be(200)?;
        hangs_up(&mut partial, Duration::ZERO, "half a head, and nothing more").await?;
        hangs_up(&mut silent, Duration::ZERO, "a connection, and no byte").await?;
        let mut dripping = Wire::open(&url).await?;
        dripping.say(&half).await;
        drips(&mut dripping).await?;
    }
    target.still_works().await
}

/// A letter every fifth of a second must not start the time anew.
async fn drips(wire: &mut Wire) -> Outcome {
    let begin = Instant::now();
    while begin.elapsed() < SOON {
        if !wire.say("x").await {
            return Ok(());
        }
        if wire.closed_within(Duration::from_millis(200)).await.is_some() {
            return Ok(());
        }
    }
    let got = format!("still open after {:?}", begin.elapsed());
    Err(Verdict::failed("a head that comes letter by letter", "a closed connection", got))
}

rule!(
    Check::server("G13", "a request whose body does not come is given up")
        .lab_rule("RFC 9110 §15.5.9", "With LAB_TIMEOUT_BODY=1 a form that stops halfway, or comes letter by letter, is closed within seconds; one in two pieces is answered.")
        .why("The head is cheap to send; whoever may be slow with the body holds a connection just as well.")
        .run(|target| Box::pin(body(target)))
);
async fn body(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_TIMEOUT_BODY", "1")]).await?;
    let mut paths = vec!["/login"];
    if target.has(Capability::TokenEndpoint) {
        paths.push("/token");
    }
    for path in paths {
        let head = |length: usize| {
            let (host, origin) = (authority(&target.server), &target.server);
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: close\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
            )
        };
        let mut stops = Wire::open(&target.server).await?;
        stops.say(head(1000) + "username=").await;
        let mut slow = Wire::open(&target.server).await?;
        slow.say(head(16) + "username").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        slow.say("=nobody1").await;
        let answer = slow.answer().await?;
        answer.must(matches!(answer.status, 400 | 401), "400 or 401 for the whole form")?;
        hangs_up(&mut stops, Duration::ZERO, "a head, and half of the body").await?;
        let mut dripping = Wire::open(&target.server).await?;
        dripping.say(head(1000) + "username=").await;
        drips(&mut dripping).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("G13", "half a form is told that it came too slowly")
        .lab_rule("RFC 9110 §15.5.9", "With LAB_TIMEOUT_BODY=1 a login form that stops halfway gets a 408 page with Connection: close, and /token says invalid_request.")
        .why("A person on a bad line reads what happened and sends the form again; \"too large\" would send them looking for the wrong fault.")
        .run(|target| Box::pin(told(target)))
);
async fn told(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_TIMEOUT_BODY", "1")]).await?;
    let half = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 1000\r\n\r\nusername=",
            authority(&target.server)
        )
    };
    let page = exchange(&target.server, &half("/login")).await?;
    page.must_be_page(408)?;
    page.must(page.has_word("connection", "close"), "Connection: close")?;
    if target.has(Capability::TokenEndpoint) {
        let refusal = exchange(&target.server, &half("/token")).await?;
        let error = refusal.json().map(|json| json["error"].clone());
        refusal.must(error == Some("invalid_request".into()), "error: invalid_request")?;
    }
    target.still_works().await
}

rule!(
    Check::server("G13", "a connection that is not used any more is closed")
        .lab_rule("RFC 9112 §9.5", "With LAB_TIMEOUT_IDLE=2 a second request on the same connection is served after half a second, and two seconds later it is closed.")
        .why("A connection that is kept is a descriptor that somebody else cannot have.")
        .run(|target| Box::pin(idle(target)))
);
async fn idle(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_TIMEOUT_IDLE", "2")]).await?;
    for url in both(&target) {
        let get = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", authority(&url));
        let mut wire = Wire::open(&url).await?;
        wire.say(&get).await;
        wire.answer().await?.must_be(200)?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        wire.say(&get).await;
        wire.answer().await?.must_be(200)?;
        hangs_up(&mut wire, Duration::from_secs(1), "two requests, and nothing more").await?;
    }
    target.still_works().await
}

rule!(
    Check::server("G13", "two hundred open connections leave room for an honest request")
        .lab_rule("lab rule", "With LAB_MAX_CONNECTIONS=16 and 200 connections that bring half a head each, twenty whole requests are each answered within seconds, and the connections that were silent for longest have gone.")
        .why("At the bound somebody has to go: the connection that has done nothing for longest, not the visitor who asks.")
        .run(|target| Box::pin(connections(target)))
);
async fn connections(target: Target) -> Outcome {
    let settings = [
        ("LAB_MAX_CONNECTIONS", "16"),
        ("LAB_TIMEOUT_HEADER", "30"),
        ("LAB_TIMEOUT_IDLE", "30"),
    ];
    let target = target.with_settings(&settings).await?;
    for url in both(&target) {
        let half = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", authority(&url));
        let mut open = Vec::new();
        for _ in 0..200 {
            let mut wire = Wire::open(&url).await?;
            wire.say(&half).await;
            open.push(wire);
        }
        for _ in 0..20 {
            let begin = Instant::now();
            let answer = target.http.send(Request::get(format!("{url}/healthz"))).await?;
            let in_time = begin.elapsed() < SOON;
            answer.must(answer.status == 200 && in_time, "200 within five seconds")?;
        }
        let mut closed = Vec::new();
        for wire in &mut open {
            closed.push(wire.closed_within(Duration::from_millis(5)).await.is_some());
        }
        // Those that have said nothing for longest had to go, and the newest did not.
        let all = |part: &[bool]| part.iter().all(|closed| *closed);
        let sent = "200 half requests, one after the other, and 20 whole ones";
        let wanted = "the first 184 closed, and not all of the last 16";
        let got = format!("{} of 200 closed", closed.iter().filter(|closed| **closed).count());
        must(all(&closed[..184]) && !all(&closed[184..]), sent, wanted, got)?;
    }
    target.still_works().await
}
