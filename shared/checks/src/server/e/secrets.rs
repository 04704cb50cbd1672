//! E9: what the log does not show, and that nobody has to read it.

use std::time::{Duration, Instant};

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::encoding::{base64, encode, random};
use kit::flow::{Question, Tokens, credentials};
use kit::ladder::Capability;
use kit::pair::{free_port, settings};
use kit::secrets::Secrets;
use kit::wire::{Wire, authority};
use kit::{Outcome, Process, Request, Target, Verdict};

rule!(
    Check::server("E9", "the log shows every message and no secret")
        .lab_rule("RFC 9700 §4.3.2", "After whole flows, refusals, and secrets in an address, the log has a line for each message and /debug/flow shows it, and nowhere eight characters in a row of a code, verifier, token, session, ticket or state, and nothing at all of a password or a client's secret.")
        .why("Logs are copied and kept, and many people read them.")
        .run(|target| Box::pin(no_secret(target)))
);
async fn no_secret(target: Target) -> Outcome {
    // Without its log there is nothing to judge, so a server of somebody else is not even asked.
    target.pair()?;
    let client_secret = random();
    let mut target = target.with_settings(&[("CLIENT_SECRET", &client_secret)]).await?;
    target.demo.client_secret = Some(client_secret.clone());
    let mut secrets = Secrets::new();
    secrets.add_hidden("the client's secret", &client_secret);
    let basic = base64(format!("{}:{client_secret}", target.demo.client_id).as_bytes());
    secrets.add("the client's secret by Basic", basic);
    log_in(&target, &mut secrets).await?;
    if target.has(Capability::TokenEndpoint) {
        redeem(&target, &mut secrets).await?;
    }
    in_an_address(&target, &mut secrets).await?;
    let log = whole_log(&target).await?;
    let all = ["/authorize", "/login", "/welcome"].iter().all(|path| log.contains(path));
    must(all, "a whole flow", "a line in the log for each message", &log)?;
    let flow = whole_flow(&target).await?;
    let found = secrets.found_in(&log).or_else(|| secrets.found_in(&flow));
    let kinds: Vec<&str> = secrets.kinds().collect();
    let sent = format!("a whole flow, with {}", kinds.join(", "));
    must(found.is_none(), &sent, "a log and a diagram without secrets", found.unwrap_or_default())
}

/// The log, once it holds what was sent last: a line follows its answer, and comes through a pipe.
async fn whole_log(target: &Target) -> Result<String, Verdict> {
    let mark = format!("/end-{}", &random()[..6]);
    target.http.send(Request::get(target.url(&mark))).await?;
    for _ in 0..40 {
        let log = target.pair()?.server.log();
        if log.contains(&mark) {
            // Its answer has a line of its own.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return Ok(target.pair()?.server.log());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Verdict::failed(format!("GET {mark}"), "a line in the log", target.pair()?.server.log()))
}

/// What the diagram shows of it: as a page, and as what its processes tell each other.
async fn whole_flow(target: &Target) -> Result<String, Verdict> {
    let mut told = String::new();
    for query in ["", "?format=json"] {
        let url = target.url(&format!("/debug/flow{query}"));
        let answer = target.http.send(Request::get(url).header("Accept", "text/html")).await?;
        let all =
            ["/authorize", "/login", "/welcome"].iter().all(|path| answer.body.contains(path));
        answer.must(answer.status == 200 && all, "200, with each message of the flow")?;
        told.push_str(&answer.body.replace(['>', ','], ",\n"));
    }
    Ok(told)
}

/// A mistyped password, a login, and the session that comes of it.
async fn log_in(target: &Target, secrets: &mut Secrets) -> Outcome {
    let user = target.user()?;
    let mut browser = target.browser();
    let request = target.request();
    secrets.add("state", request.params.get("state").unwrap_or_default());
    let (page, form) = target.login_page(&mut browser, &request).await?;
    for (name, value) in form.filled(&[]) {
        if name == "ticket" {
            secrets.add("ticket", value);
        }
    }
    let mistyped = random();
    secrets.add_hidden("a mistyped password", &mistyped);
    secrets.add("password", &user.password);
    let typed = [
        ("username", user.username.as_str()),
        ("password", mistyped.as_str()),
    ];
    browser.submit(&page, &form, &typed).await?.must_be(401)?;
    let answer = browser.submit(&page, &form, &credentials(user)).await?;
    let walk = target.path().stopping_at(&request.redirect_uri).without_consent();
    let mut end = walk.from(&mut browser, answer).await?;
    if let Some(question) = Question::of(&end) {
        secrets.add("csrf_token", question.hidden("csrf_token")?);
        let guessed = random();
        secrets.add("a wrong csrf_token", &guessed);
        let wrong = [
            ("ticket", question.hidden("ticket")?),
            ("csrf_token", &guessed),
        ];
        browser.post(&question.url(), &wrong).await?.must_be_page(403)?;
        end = browser.reply(&question, &question.allow()).await?;
    }
    let code = end.location_param("code");
    secrets.add("code", code.ok_or_else(|| end.fail("a redirect to the client with a code"))?);
    browser.get(target.url("/welcome")).await?.must_be_page(200)?;
    browser.get(request.url()).await?;
    let cookies = browser.cookies().iter().map(|cookie| cookie.value.clone());
    let values: Vec<String> = cookies.collect();
    let there = values.iter().any(|value| value.len() >= 16);
    must(there, "a login", "a session cookie", format!("{values:?}"))?;
    for value in values {
        secrets.add("session cookie", value);
    }
    Ok(())
}

/// An exchange and what may follow it, with the refusals that a server has something to say about.
async fn redeem(target: &Target, secrets: &mut Secrets) -> Outcome {
    let grant = target.code().await?;
    secrets.add("code", &grant.code);
    secrets.add("code_verifier", &grant.code_verifier);
    let good = target.redeem(&grant);
    let guess = random();
    secrets.add_hidden("a wrong client secret", &guess);
    for wrong in [
        good.clone().basic(&target.demo.client_id, &guess),
        good.clone()
            .no_basic()
            .set("client_id", &target.demo.client_id)
            .set("client_secret", &guess),
    ] {
        target.send(&wrong).await?.must_be_oauth_error(401, "invalid_client")?;
    }
    let verifier = random();
    secrets.add("a wrong code_verifier", &verifier);
    let wrong = good.clone().set("code_verifier", verifier);
    target.send(&wrong).await?.must_be_oauth_error(400, "invalid_grant")?;
    let tokens = target.tokens_for(&good).await?;
    secrets.add("access token", &tokens.access_token);
    secrets.add("the id of a grant", grant_of(target, &grant.code, &tokens).await?);
    if target.has(Capability::ProtectedApi) {
        target.me(&tokens.access_token).await?.must_be(200)?;
        let url = target.url(&format!("/api/me?access_token={}", tokens.access_token));
        target.http.send(Request::get(url)).await?;
    }
    if target.has(Capability::Refresh) {
        refresh(target, secrets, tokens.refresh_token()?).await?;
    }
    target.send(&good).await?.must_be_oauth_error(400, "invalid_grant")?;
    Ok(())
}

/// The id of the grant: the first half of its refresh token. Before there are any, only the row of the code says it.
async fn grant_of(target: &Target, code: &str, tokens: &Tokens) -> Result<String, Verdict> {
    if target.has(Capability::Refresh) {
        let id = tokens.refresh_token()?.split('.').next().unwrap_or_default();
        return Ok(id.to_owned());
    }
    let code = target.storage().await?["authorization_codes"][target.key(code)].take();
    let id = code["grant_id"].as_str().map(str::to_owned);
    id.ok_or_else(|| Verdict::failed("GET /debug/state", "grant_id of the code", code.to_string()))
}

async fn refresh(target: &Target, secrets: &mut Secrets, first: &str) -> Outcome {
    secrets.add("refresh token", first);
    let again = target.refresh(&target.demo, first);
    let second = target.tokens_for(&again).await?;
    secrets.add("refresh token", second.refresh_token()?);
    secrets.add("access token", &second.access_token);
    target.send(&again).await?.must_be_oauth_error(400, "invalid_grant")?;
    Ok(())
}

/// Secrets do not belong into an address. Whoever puts one there must not find it in the log as well.
async fn in_an_address(target: &Target, secrets: &mut Secrets) -> Outcome {
    let lost = random();
    for name in [
        "access_token",
        "refresh_token",
        "code",
        "code_verifier",
        "password",
        "client_secret",
        "state",
        "ticket",
        "colour",
    ] {
        let url = target.url(&format!("/welcome?{name}={}", encode(&lost)));
        target.http.send(Request::get(url)).await?;
    }
    secrets.add("a secret in an address", lost);
    Ok(())
}

rule!(
    Check::server("E9", "the id of a grant is told to nobody, but in a refresh token")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "It stands in no token response before v06, in no claim of an access token, in no answer of the API, in no redirect.")
        .why("It is half of the refresh token: whoever holds it can end the login with any made-up other half.")
        .run(|target| Box::pin(grant_id(target)))
);
async fn grant_id(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let grant = target.code().await?;
    let tokens = target.tokens_for(&target.redeem(&grant)).await?;
    let id = grant_of(&target, &grant.code, &tokens).await?;
    let mut json = tokens.json.clone();
    if let (true, Some(response)) = (target.has(Capability::Refresh), json.as_object_mut()) {
        response.shift_remove("refresh_token");
    }
    let mut told = format!("{json} {:?} {:?}", tokens.answer.headers, grant.answer.headers);
    for part in tokens.access_token.split('.').filter_map(kit::encoding::from_base64url) {
        told.push_str(&String::from_utf8_lossy(&part));
    }
    if target.has(Capability::ProtectedApi) {
        let me = target.me(&tokens.access_token).await?;
        me.must_be(200)?;
        told.push_str(&format!("{:?} {}", me.headers, me.body));
    }
    let hidden = id.len() >= 22 && !told.contains(&id);
    tokens.answer.must(hidden, "nothing of the grant's id")?;
    Ok(())
}

/// More lines than any pipe holds.
const REQUESTS: usize = 5_000;

rule!(
    Check::server("E9", "a log that nobody reads holds nothing up")
        .lab_rule("lab rule", "With a standard output that nobody reads, server and client each answer five thousand requests, and the last as fast as the first.")
        .why("Whoever marks text in a terminal, or pauses it, must not stop the server for everybody.")
        .run(|target| Box::pin(nobody_reads(target)))
);
async fn nobody_reads(target: Target) -> Outcome {
    let executables = target.executables.clone();
    let needs = || Verdict::skipped("a server of this lab, started with nobody to read its log");
    let executables = executables.ok_or_else(needs)?;
    for exe in [&executables.server, &executables.client] {
        let broken =
            |trouble: String| Verdict::failed("start with an unread log", "an answer", trouble);
        let (port, other) = (free_port().map_err(broken)?, free_port().map_err(broken)?);
        let (server, client, own) = if *exe == executables.server {
            (port, other, port)
        } else {
            (other, port, port)
        };
        let settings = settings(server, client, &rand::random::<[u8; 32]>());
        let url = format!("http://localhost:{own}");
        let process = Process::start_unread(exe, &settings, &url).await.map_err(broken)?;
        asked(&process.url).await?;
    }
    Ok(())
}

/// Asks again and again, for a page that is told in the log.
async fn asked(url: &str) -> Outcome {
    let text = format!(
        "GET /no-such-page-{} HTTP/1.1\r\nHost: {}\r\n\r\n",
        "x".repeat(100),
        authority(url)
    );
    let mut wire = Wire::open(url).await?;
    for number in 1..=REQUESTS {
        let begin = Instant::now();
        if !wire.say(&text).await {
            wire = Wire::open(url).await?;
            wire.say(&text).await;
        }
        let answer = wire.answer().await.map_err(|verdict| match verdict {
            Verdict::Failed { got, .. } => Verdict::failed(
                format!("request {number} to a program whose log nobody reads"),
                "an answer",
                got,
            ),
            skipped @ Verdict::Skipped { .. } => skipped,
        })?;
        let slow = begin.elapsed() > Duration::from_secs(5);
        answer.must(answer.status == 404 && !slow, "404 within five seconds")?;
    }
    Ok(())
}
