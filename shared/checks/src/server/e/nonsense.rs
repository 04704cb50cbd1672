//! E2: whatever is sent, the server answers.

use crate::{Check, rule};
use kit::request::FORM;
use kit::{Outcome, Request, Target};

rule!(
    Check::server("E2", "nonsense never breaks the server")
        .lab_rule("RFC 9110 §15.6", "Broken escapes, NUL, control characters and odd forms in paths, queries, bodies, headers and cookies: never a 5xx, always an answer.")
        .why("A 500 is a place nobody thought about, and a panic can take others down.")
        .run(|target| Box::pin(nonsense(target)))
);
async fn nonsense(target: Target) -> Outcome {
    let mut requests = Vec::new();
    let queries = [
        "%",
        "%zz",
        "%FF=%FF",
        "=&=&==",
        "&&&",
        "a=%00&b=%0A",
        "ticket=%FF",
        "[]=1&a[]=2",
        "code=%u1234",
    ];
    let paths = [
        "/",
        "/authorize",
        "/login",
        "/welcome",
        "/debug/state",
        "/token",
        "/api/me",
        "/api/notes",
        "/api/admin/users",
        "/consent",
        "/healthz",
        "/no-such-page",
    ];
    for path in paths {
        for query in queries {
            requests.push(
                Request::get(target.url(&format!("{path}?{query}"))).header("Accept", "text/html"),
            );
        }
    }
    for path in [
        "/%FF",
        "/%00",
        "/%",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//",
        "/%0d%0aX:y",
        "/style.css/..%2f",
    ] {
        requests.push(Request::get(target.url(path)));
    }
    for path in [
        "/login",
        "/token",
        "/consent",
        "/api/notes",
    ] {
        for body in [
            &b"\xff\xfe=\x00&username=\xff"[..],
            b"%",
            b"username=%FF&password=%00&ticket=%0A",
            b"&=&",
            b"{}",
            b"",
        ] {
            for kind in [
                FORM,
                "application/json",
                "multipart/form-data; boundary=",
                "nonsense/",
                "text/plain; charset=utf-16",
            ] {
                requests.push(Request::new("POST", target.url(path)).body(kind, body));
            }
            let mut bare = Request::new("POST", target.url(path));
            bare.body = Some(body.to_vec());
            requests.push(bare);
        }
    }
    for cookie in [
        "lab_as",
        "lab_as=",
        "lab_as=;;=;",
        "lab_as=%FF; lab_as=x",
        "=",
        "lab_as=é",
        "lab_as=AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        requests.push(Request::get(target.url("/authorize")).header("Cookie", cookie));
        requests.push(Request::get(target.url("/debug/state")).header("Cookie", cookie));
    }
    for value in [
        "Bearer é",
        "Basic é",
        "Basic ====",
        "Bearer",
        "",
        "Basic  ",
        ",",
    ] {
        requests.push(Request::get(target.url("/api/me")).header("Authorization", value));
        requests.push(
            Request::form(target.url("/token"), &[("grant_type", "x")])
                .header("Authorization", value),
        );
    }
    for request in requests {
        let answer = target.browser().send(request).await?;
        answer.must((200..500).contains(&answer.status), "an answer below 500")?;
    }
    target.still_works().await
}
