//! E7: `/debug/state` answers the person in front of the machine and nobody else.

use crate::answer::Answer;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::http::Request;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "E7",
        title: "/debug/state is JSON for tools and HTML for browsers",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "JSON by default, HTML when Accept names text/html, JSON again with ?format=json; never cacheable.",
        why: "One address serves curl and the browser.",
        run: |target| Box::pin(formats(target)),
    },
    Check {
        id: "E7",
        title: "/debug/state is 404 for a foreign Host",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "DNS rebinding",
        must: "Host localhost, 127.0.0.1 or [::1]: 200; any other name: 404 without a word of the state; two names: 404 or 400.",
        why: "A page of a foreign site can make its own name point here and read what it gets.",
        run: |target| Box::pin(foreign_host(target)),
    },
    Check {
        id: "E7",
        title: "LAB_DEBUG=0 turns /debug off",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "With LAB_DEBUG=0 /debug/state is 404 and the flow still works.",
        why: "Whoever shows the server to others must be able to hide its memory.",
        run: |target| Box::pin(turned_off(target)),
    },
];

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
        "[::2]".to_owned(),
    ];
    for host in evil {
        for path in [
            "/debug/state",
            "/debug/state?format=json",
        ] {
            let answer = send(host.clone(), path).await?;
            answer.must(
                answer.status == 404 && !answer.body.contains("authorization_codes"),
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
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        for host in [
            host.to_owned(),
            format!("{host}:{port}"),
        ] {
            send(host, "/debug/state").await?.must_be(200)?;
        }
    }
    Ok(())
}

async fn turned_off(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_DEBUG", "0")]).await?;
    for accept in ["*/*", "text/html"] {
        let answer = state(&target, accept, "").await?;
        answer.must(
            answer.status == 404 && !answer.body.contains("authorization_codes"),
            "404 without the state",
        )?;
    }
    target.still_works().await
}
