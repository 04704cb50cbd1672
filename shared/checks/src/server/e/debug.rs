//! E7: `/debug/state` shows everything, to the person in front of the machine and nobody else.

use serde_json::Value;

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
        title: "/debug/state has its frozen shape",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "request_args, session {logged_in, username}, storage with authorization_codes, access_tokens, users and clients, each row with its fields.",
        why: "Learners, documents and checks read these names in every version.",
        run: |target| Box::pin(shape(target)),
    },
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
        must: "Host localhost, 127.0.0.1 or [::1]: 200; any other name: 404 without a word of the state.",
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

/// Fails unless the object has all these fields.
fn has(answer: &Answer, object: &Value, fields: &[&str]) -> Outcome {
    let all = fields.iter().all(|field| object.get(field).is_some());
    answer.must(all, format!("an object with {fields:?}; got {object}"))?;
    Ok(())
}

async fn shape(target: Target) -> Outcome {
    let user = target.user()?;
    let mut browser = target.browser();
    let grant = target.code_for(&mut browser, &target.request(), user).await?;
    let answer = browser.get(target.url("/debug/state?format=json&a=b")).await?;
    answer.must_be(200)?;
    let state = answer.json().unwrap_or_default();
    answer.must(state["request_args"]["a"] == "b", "request_args with the query")?;
    let session = &state["session"];
    let known = session["logged_in"] == true && session["username"] == user.username.as_str();
    answer.must(known, "session: logged_in true and the username")?;
    let storage = &state["storage"];
    has(
        &answer,
        storage,
        &[
            "authorization_codes",
            "access_tokens",
            "users",
            "clients",
        ],
    )?;
    let code = &storage["authorization_codes"][&grant.code];
    has(
        &answer,
        code,
        &[
            "client_id",
            "redirect_uri",
            "code_challenge",
            "user_id",
            "expires_at",
            "used",
        ],
    )?;
    let good = code["client_id"] == target.demo.client_id.as_str()
        && code["redirect_uri"] == grant.redirect_uri.as_str()
        && code["user_id"] == user.username.as_str()
        && code["used"] == false
        && (target.version >= 3) == code["code_challenge"].is_string();
    answer.must(
        good,
        "the code with its client, redirect_uri and user, unused, challenge null before v03",
    )?;
    has(&answer, &storage["users"][&user.username], &["user_id"])?;
    let client = &storage["clients"][&target.demo.client_id];
    answer.must(
        client["redirect_uris"][0] == target.demo.redirect_uri(),
        "the client with its redirect_uris",
    )?;
    if target.version < 4 {
        let none = storage["access_tokens"].as_object().is_some_and(serde_json::Map::is_empty);
        answer.must(none, "access_tokens empty before v04")?;
    } else {
        target.tokens_for(&target.redeem(&grant)).await?;
        let storage = target.storage().await?;
        let mut rows = storage["access_tokens"].as_object().into_iter().flatten();
        let row = rows.find(|row| row.1["code_id"] == grant.code.as_str());
        let row = row.map(|row| row.1.clone()).unwrap_or_default();
        has(
            &answer,
            &row,
            &[
                "user_id",
                "client_id",
                "expires_at",
                "revoked",
                "code_id",
            ],
        )?;
        let used = storage["authorization_codes"][&grant.code]["used"] == true;
        answer.must(used, "the code marked as used after its exchange")?;
    }
    let stranger = target.browser().get(target.url("/debug/state?format=json")).await?;
    let session = stranger.json().unwrap_or_default()["session"].take();
    let unknown = session["logged_in"] == false && session["username"].is_null();
    stranger.must(unknown, "session: logged_in false and username null without a cookie")?;
    Ok(())
}

async fn formats(target: Target) -> Outcome {
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
