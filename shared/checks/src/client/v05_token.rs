//! The client and its access token: nobody sees it, and logout forgets it (draft-ietf-oauth-v2-1 §7.1.3).

use super::judge::cookies_of;
use super::judge::while_playing;
use super::stage::Stage;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::from_base64url;
use crate::html::text;
use crate::http::Request;
use crate::play::RefreshTokens;
use crate::play::Reply;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let base = Check {
        id: "R5.7",
        title: "the token is in no URL, page or cookie of the client",
        since: 5,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::Must,
        section: "draft-ietf-oauth-v2-1 §7.1.3.7",
        must: "Through a whole visit, no answer of the client holds an access token or a refresh token, /debug apart.",
        why: "A browser is the place where tokens get stolen: by scripts, extensions, histories and screenshots.",
        run: |target| Box::pin(nowhere(target)),
    };
    vec![
        base.clone(),
        Check {
            id: "R5.11",
            title: "logout forgets the tokens and the session",
            keyword: Keyword::LabRule,
            section: "OWASP session management",
            must: "After POST /logout neither the new nor the old cookie opens /profile, and the API is not asked.",
            why: "Who says goodbye at a shared computer must be gone, whoever copied the cookie before.",
            run: |target| Box::pin(logout(target)),
            ..base.clone()
        },
        Check {
            id: "E18",
            title: "the client's forms refuse a foreign Origin",
            keyword: Keyword::LabRule,
            section: "RFC 9700 §4.7",
            must: "POSTs with a foreign Origin, null, or a cross-site mark are 403 and change nothing.",
            why: "SameSite ignores ports: a page on another port of localhost could press our buttons.",
            run: |target| Box::pin(foreign_origin(target)),
            ..base.clone()
        },
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

impl Stage {
    /// `/profile` shows who the API says the user is.
    ///
    /// # Errors
    /// It does not.
    pub async fn shows_user(&self, browser: &mut Browser) -> Result<Answer, Verdict> {
        let answer = browser.get(self.url("/profile")).await?;
        let page = self.settle(browser, answer).await?;
        page.must_be_page(200)?;
        let name = self.play.username();
        page.must(text(&page.body).contains(&name), format!("a page that shows {name}"))?;
        Ok(page)
    }

    /// `/profile` shows nobody, and does not ask the API: there is no token.
    ///
    /// # Errors
    /// It does.
    pub async fn shows_nobody(&self, browser: &mut Browser) -> Outcome {
        let before = self.play.heard_at("/api/me").len();
        let answer = browser.get(self.url("/profile")).await?;
        let page = self.settle_inside(browser, answer).await?;
        let name = self.play.username();
        page.must(!page.body.contains(&name), format!("a page that does not show {name}"))?;
        page.must(page.status < 500, "a page or a redirect for somebody who is not logged in")?;
        let after = self.play.heard_at("/api/me").len();
        page.must(after == before, "no request to the API: there is no token to send")?;
        Ok(())
    }

    /// POSTs a form of the client as its own page does.
    ///
    /// # Errors
    /// Not a redirect inside the client, or a broken page at its end.
    pub async fn press(
        &self,
        browser: &mut Browser,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Answer, Verdict> {
        let answer = browser.post(&self.url(path), pairs).await?;
        answer.must(answer.status == 303, "303")?;
        self.settle(browser, answer).await
    }
}

const NAME: &str = "name-from-the-api";

async fn nowhere(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    if stage.version >= 6 {
        stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    }
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut seen = vec![
        begun.start.clone(),
        browser.get(begun.callback.clone()).await?,
    ];
    for path in [
        "/",
        "/profile",
        "/start",
        "/no-such-page",
        "/callback?error=access_denied",
    ] {
        seen.push(browser.get(stage.url(path)).await?);
    }
    seen.push(stage.shows_user(&mut browser).await?);
    if stage.version >= 6 {
        for (path, pairs) in [
            ("/refresh", vec![]),
            ("/replay", vec![("index", "1")]),
        ] {
            seen.push(browser.post(&stage.url(path), &pairs).await?);
            seen.push(browser.get(stage.url("/")).await?);
            seen.push(browser.get(stage.url("/profile")).await?);
        }
    }
    seen.push(browser.post::<&str, &str>(&stage.url("/logout"), &[]).await?);
    seen.push(browser.get(stage.url("/")).await?);
    for answer in &seen {
        holds_none(answer, &stage.play.issued())?;
    }
    stage.still_works().await
}

/// No header and no byte of the body is a token, also not packed in BASE64URL, as signed cookies do.
fn holds_none(answer: &Answer, tokens: &[String]) -> Outcome {
    let headers =
        answer.headers.iter().map(|header| header.1.clone()).collect::<Vec<_>>().join("\n");
    let unpacked = headers
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .filter_map(from_base64url)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect::<Vec<_>>()
        .join("\n");
    for token in tokens {
        let found =
            [&headers, &unpacked, &answer.body].into_iter().any(|text| text.contains(token));
        answer.must(!found, format!("nothing of the token {token}"))?;
    }
    Ok(())
}

async fn logout(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    let mut copied = browser.clone();
    let before = cookies_of(&browser, &stage.client);
    let page = stage.press(&mut browser, "/logout", &[]).await?;
    let after = cookies_of(&browser, &stage.client);
    page.must(before != after, "a session cookie that was removed or replaced")?;
    stage.shows_nobody(&mut browser).await?;
    stage.shows_nobody(&mut copied).await?;
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(())
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
