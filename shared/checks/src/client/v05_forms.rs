//! Who may press the client's buttons, and what a failing API means.

use super::judge::while_playing;
use super::profile::NAME;
use super::stage::Stage;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::http::Request;
use crate::play::RefreshTokens;
use crate::play::Reply;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let base = Check {
        id: "E18",
        title: "the client's forms refuse a foreign Origin",
        since: 5,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::LabRule,
        section: "RFC 9700 §4.7",
        must: "POSTs with a foreign Origin, null, or a cross-site mark are 403 and change nothing.",
        why: "SameSite ignores ports: a page on another port of localhost could press our buttons.",
        run: |target| Box::pin(foreign_origin(target)),
    };
    vec![
        base.clone(),
        Check {
            id: "E19",
            title: "an API that fails does not log the user out",
            keyword: Keyword::LabRule,
            section: "RFC 6750 §3.1",
            must: "When /api/me answers 500, nonsense or nothing, /profile is a 502 page, and works again afterwards.",
            why: "An API that is down says nothing about the token.",
            run: |target| Box::pin(api_fails(target)),
            ..base
        },
    ]
}

async fn foreign_origin(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| {
        script.username = NAME.to_owned();
        script.refresh_tokens = RefreshTokens::Rotate;
    });
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let paths: &[&str] = if stage.version >= 6 {
        &["/logout", "/refresh", "/replay"]
    } else {
        &["/logout"]
    };
    let suffix = format!("{}.evil.example", stage.client);
    let server = stage.play.url();
    let foreign = [
        "http://127.0.0.1:5666",
        "http://localhost:5666",
        "null",
        &suffix,
        &server,
    ];
    for path in paths {
        let form = Request::form(stage.url(path), &[("index", "0")]);
        for origin in foreign {
            let request = form.clone().header("Origin", origin);
            browser.send(request).await?.must_be_page(403)?;
        }
        for site in ["cross-site", "same-site"] {
            let request = form.clone().header("Sec-Fetch-Site", site);
            browser.send(request).await?.must_be_page(403)?;
        }
    }
    let page = stage.shows_user(&mut browser).await?;
    page.must(
        stage.play.grants("refresh_token").is_empty(),
        "no token request for a refused POST",
    )?;
    // Our own page may press the button, and so may a program that is no browser.
    stage.press(&mut browser, "/logout", &[]).await?;
    let bare = Request::form::<&str, &str>(stage.url("/logout"), &[]);
    stage.browser().send(bare).await?.must_be(303)?;
    Ok(())
}

async fn api_fails(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let replies = [
        Reply::text(500, "Internal Server Error"),
        Reply::text(200, "this is no JSON"),
        Reply::Bytes(b"no HTTP\r\n\r\n".to_vec()),
        Reply::HangUp,
    ];
    for reply in replies {
        stage.play.script(|script| script.api = reply.clone());
        let page = browser.get(stage.url("/profile")).await?;
        page.must_be_page(502).map_err(|verdict| while_playing(verdict, "/api/me", &reply))?;
    }
    stage.play.script(|script| script.api = Reply::Judge);
    stage.shows_user(&mut browser).await?;
    Ok(())
}
