//! E7: `/debug` answers the person in front of the machine and nobody else.

use super::flow;
use crate::{Check, rule};
use kit::wire::{authority, exchange};
use kit::{Answer, Outcome, Request, Target, Verdict};

async fn state(target: &Target, accept: &str, query: &str) -> Result<Answer, Verdict> {
    let request =
        Request::get(target.url(&format!("/debug/state{query}"))).header("Accept", accept);
    target.http.send(request).await
}

/// Nobody else has to have `/debug/state`: without it there is nothing to judge.
pub(super) async fn is_there(target: &Target) -> Outcome {
    let answer = state(target, "application/json", "").await?;
    if answer.status == 404 {
        return Err(Verdict::skipped("/debug/state of the server"));
    }
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state is JSON for tools and HTML for browsers")
        .lab_rule("lab rule", "JSON by default, HTML when Accept names text/html, JSON again with ?format=json; never cacheable.")
        .why("One address serves curl and the browser.")
        .run(|target| Box::pin(formats(target)))
);
async fn formats(target: Target) -> Outcome {
    is_there(&target).await?;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accept, query, html) in [
        ("*/*", "", false),
        ("application/json", "", false),
        (browser, "", true),
        (browser, "?format=json", false),
        (browser, "?a=b&format=json", false),
    ] {
        let answer = state(&target, accept, query).await?;
        let kind = if html {
            "text/html"
        } else {
            "application/json"
        };
        answer.must(answer.status == 200 && answer.media_type() == kind, format!("200 {kind}"))?;
        let has_json = answer.json().is_some_and(|state| state["storage"].is_object());
        answer.must(html != has_json, if html { "a page" } else { "JSON with storage" })?;
        answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    }
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state is 404 for a foreign Host")
        .lab_rule("DNS rebinding", "Host localhost, 127.0.0.1 or [::1], in any case, with or without port and final dot: 200; any other name: 404 without a word of the state, on all of /debug; two names: 404 or 400.")
        .why("A page of a foreign site can make its own name point here and read what it gets.")
        .run(|target| Box::pin(foreign_host(target)))
);
async fn foreign_host(target: Target) -> Outcome {
    is_there(&target).await?;
    let port = target.server.rsplit(':').next().unwrap_or_default().to_owned();
    let send = |host: String, path: &str| {
        let request = Request::get(target.url(path)).header("Host", host);
        target.http.send(request)
    };
    let evil = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        "192.168.0.1".to_owned(),
        "localhostx".to_owned(),
        "xlocalhost".to_owned(),
        "localhost..".to_owned(),
        ".localhost".to_owned(),
        "127.0.0.2".to_owned(),
        "[::2]".to_owned(),
        "[::1].evil.example".to_owned(),
        "localhost@evil.example".to_owned(),
    ];
    for host in evil {
        let paths = [
            "/debug/state",
            "/debug/state?format=json",
        ];
        for path in paths.into_iter().chain(flow::PATHS) {
            let answer = send(host.clone(), path).await?;
            // What is no host at all may be refused before anybody looks at it.
            let refused = answer.status == 404 || (answer.status == 400 && host.contains('@'));
            answer.must(
                refused && !answer.body.contains("authorization_codes"),
                "404 without the state",
            )?;
        }
    }
    for (first, second) in [
        ("localhost", "evil.example"),
        ("evil.example", "localhost"),
    ] {
        let request = Request::get(target.url("/debug/state"));
        let answer = target.http.send(request.header("Host", first).header("Host", second)).await?;
        answer.must(
            matches!(answer.status, 400 | 404) && !answer.body.contains("authorization_codes"),
            "400 or 404 without the state",
        )?;
    }
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "LOCALHOST",
        "LocalHost",
        "localhost.",
        "LOCALHOST.",
    ] {
        for host in [
            host.to_owned(),
            format!("{host}:{port}"),
        ] {
            send(host, "/debug/state").await?.must_be(200)?;
        }
    }
    Ok(())
}

fn hidden(answer: &Answer) -> Outcome {
    let hidden = answer.status == 404 && !answer.body.contains("authorization_codes");
    answer.must(hidden, "404 without the state")?;
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state is 404 behind a proxy")
        .lab_rule("RFC 9110 §7.6.3, RFC 7239", "With Forwarded, Via, X-Real-IP or any X-Forwarded-… header, even an empty one, from whomever, and over HTTP/1.0: 404 without a word of the state, on all of /debug.")
        .why("A proxy on the same machine makes every visitor look like the person in front of it.")
        .run(|target| Box::pin(behind_a_proxy(target)))
);
async fn behind_a_proxy(target: Target) -> Outcome {
    is_there(&target).await?;
    let headers = [
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-For", ""),
        ("x-forwarded-host", "evil.example"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Server", "proxy"),
        ("X-Forwarded-Prefix", "/lab"),
        ("Forwarded", "for=203.0.113.7;host=evil.example"),
        ("forwarded", "for=127.0.0.1"),
        ("Via", "1.1 proxy.example"),
        ("X-Real-IP", "127.0.0.1"),
    ];
    let paths = [
        "/debug/state",
        "/debug/state?format=json",
    ];
    for path in paths.into_iter().chain(flow::PATHS) {
        for (name, value) in headers {
            let request = Request::get(target.url(path)).header(name, value);
            hidden(&target.http.send(request).await?)?;
        }
    }
    // The protocol of a proxy that adds no header at all.
    let host = authority(&target.server);
    for version in ["1.0", "1.1"] {
        let text =
            format!("GET /debug/state HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = exchange(&target.server, &text).await?;
        answer.must_be(if version == "1.0" { 404 } else { 200 })?;
    }
    // What merely looks alike is nobody's sign of a proxy.
    for name in ["X-Forwarder", "X-Requested-With"] {
        let request = Request::get(target.url("/debug/state")).header(name, "x");
        target.http.send(request).await?.must_be(200)?;
    }
    target.still_works().await
}

rule!(
    Check::server("E7", "/debug/state is 404 for a foreign name in the request line")
        .lab_rule("RFC 9112 §3.2.2", "GET http://evil.example/debug/state with Host localhost: 404 (or 400); with the server's own name: 200.")
        .why("The section says that the name in the request line counts and Host does not.")
        .run(|target| Box::pin(foreign_target(target)))
);
async fn foreign_target(target: Target) -> Outcome {
    is_there(&target).await?;
    let own = authority(&target.server);
    let port = own.rsplit(':').next().unwrap_or_default();
    let get = |line: String, host: String| {
        let server = target.server.clone();
        async move {
            let text = format!("GET {line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            exchange(&server, &text).await
        }
    };
    for name in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "localhost.evil.example".to_owned(),
        "user@evil.example".to_owned(),
    ] {
        let line = format!("http://{name}/debug/state");
        for host in [own.clone(), name.clone()] {
            let answer = get(line.clone(), host).await?;
            let refused = matches!(answer.status, 400 | 404);
            let silent = !answer.body.contains("authorization_codes");
            answer.must(refused && silent, "404 (or 400) without the state")?;
        }
    }
    get("/debug/state".to_owned(), own.clone()).await?.must_be(200)?;
    for name in [own.clone(), own.to_uppercase()] {
        get(format!("http://{name}/debug/state"), own.clone()).await?.must_be(200)?;
    }
    Ok(())
}

rule!(
    Check::server("E7", "LAB_DEBUG=0 turns /debug off")
        .lab_rule(
            "lab rule",
            "With LAB_DEBUG=0 all of /debug is 404, at both processes, and the flow still works."
        )
        .why("Whoever shows the server to others must be able to hide its memory.")
        .run(|target| Box::pin(turned_off(target)))
);
async fn turned_off(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_DEBUG", "0")]).await?;
    let client = target.client.clone().unwrap_or_default();
    for accept in ["*/*", "text/html"] {
        for path in ["/debug/state"].into_iter().chain(flow::PATHS) {
            for url in [&target.server, &client] {
                let request = Request::get(format!("{url}{path}")).header("Accept", accept);
                hidden(&target.http.send(request).await?)?;
            }
        }
    }
    let start_over = Request::new("POST", target.url("/debug/flow"));
    hidden(&target.http.send(start_over).await?)?;
    target.still_works().await
}
