//! E2: bytes that are no text.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::encode;
use crate::flow::AuthorizationRequest;
use crate::http::FORM;
use crate::http::Request;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "E2",
        title: "broken UTF-8 and control characters at /authorize are refused",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 App. A",
        must: "In client_id or redirect_uri: a 400 page; in any other parameter: error=invalid_request, and a bad state is not sent back.",
        why: "The grammar of every parameter is printable text; anything else is a bug or an attack.",
        run: |target| Box::pin(authorize(target)),
    },
    Check {
        id: "E2",
        title: "broken UTF-8 and control characters at /token are invalid_request",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 App. A",
        must: "In any parameter of the body: 400 invalid_request; the code is not spent.",
        why: "The grammar of every parameter is printable text; anything else is a bug or an attack.",
        run: |target| Box::pin(token(target)),
    },
    Check {
        id: "E2",
        title: "nonsense never breaks the server",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 9110 §15.6",
        must: "Broken escapes, NUL, control characters and odd forms in paths, queries, bodies, headers and cookies: never a 5xx, always an answer.",
        why: "A 500 is a place nobody thought about, and a panic can take others down.",
        run: |target| Box::pin(nonsense(target)),
    },
];

/// Percent-encoded bytes that are not clean text.
const DIRT: [&str; 6] = [
    "%FF",
    "x%C3%28",
    "%00",
    "a%0Ab",
    "a%0D%0ASet-Cookie:%20x=y",
    "%7F",
];

/// The URL of the request with one value written as it is, not encoded.
fn raw(request: &AuthorizationRequest, name: &str, value: &str) -> String {
    format!("{}&{}={value}", request.clone().without(name).url(), encode(name))
}

async fn authorize(target: Target) -> Outcome {
    let good = target.request();
    for dirt in DIRT {
        for name in ["client_id", "redirect_uri"] {
            let whole = format!("{}{dirt}", encode(good.params.get(name).unwrap_or_default()));
            for value in [dirt, &whole] {
                target.browser().get(raw(&good, name, value)).await?.must_be_page(400)?;
            }
        }
        let mut names = vec!["response_type"];
        names.extend(["state"].iter().filter(|_| target.version >= 2));
        names.extend(
            [
                "code_challenge",
                "code_challenge_method",
            ]
            .iter()
            .filter(|_| target.version >= 3),
        );
        for name in names {
            let answer = target.browser().get(raw(&good, name, dirt)).await?;
            answer.must_redirect_error(&good.redirect_uri, "invalid_request")?;
            let clean = answer.all("set-cookie").all(|cookie| !cookie.starts_with("x="));
            answer.must(clean, "no header made of the value")?;
            if name == "state" {
                answer
                    .must(!answer.location().unwrap_or_default().contains("state="), "no state")?;
            }
        }
    }
    target.still_works().await
}

async fn token(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for dirt in DIRT {
        for name in [
            "grant_type",
            "code",
            "code_verifier",
            "redirect_uri",
            "client_id",
        ] {
            let bent = good.clone().without(name).http();
            let mut body = bent.body.clone().unwrap_or_default();
            body.extend_from_slice(format!("&{name}={dirt}").as_bytes());
            let request = Request {
                body: Some(body),
                ..bent
            };
            target.http.send(request).await?.must_be_oauth_error(400, "invalid_request")?;
        }
    }
    target.tokens_for(&good).await?;
    Ok(())
}

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
    for path in ["/login", "/token"] {
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
