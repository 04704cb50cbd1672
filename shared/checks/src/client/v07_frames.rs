//! R7.9: no page of the client inside somebody else's page.

use super::stage::Stage;
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::client("R7.9", "no page of the client can be framed")
        .lab_rule("RFC 9700 §4.16", "Every page, those of 400, 403 and 404 included, has X-Frame-Options: DENY and a policy with frame-ancestors 'none'.")
        .why("The client has buttons that act in its user's name, too.")
        .run(|target| Box::pin(frames(target)))
);
async fn frames(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?;
    let mut pages = Vec::new();
    for (path, status) in [
        ("/", 200),
        ("/profile", 200),
        ("/notes", 200),
        ("/users", 200),
        ("/callback?state=made-up&code=x", 400),
        ("/no-such-page", 404),
    ] {
        let request = kit::Request::get(stage.url(path)).header("Accept", "text/html");
        let page = browser.send(request).await?;
        page.must_be_page(status)?;
        pages.push(page);
    }
    let form = kit::Request::form::<&str, &str>(stage.url("/notes"), &[]);
    let foreign = browser.send(form.header("Origin", "http://localhost:5666")).await?;
    foreign.must_be_page(403)?;
    pages.push(foreign);
    for page in pages {
        let options: Vec<&str> = page.all("x-frame-options").collect();
        page.must(options == ["DENY"], "X-Frame-Options: DENY, once")?;
        let policy = page.all("content-security-policy").collect::<Vec<_>>().join("; ");
        page.must(policy.contains("frame-ancestors 'none'"), "frame-ancestors 'none'")?;
    }
    Ok(())
}
