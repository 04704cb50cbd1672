//! G1: a repeated name is refused wherever it stands, and whether anyone knows it or not.

use crate::{Check, rule};
use kit::flow::credentials;
use kit::html::login_form;
use kit::ladder::Capability;
use kit::{Outcome, Request, Target, Verdict};

rule!(
    Check::server("G1", "a repeated parameter of /token that nobody knows is invalid_request")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §3.2", "An unknown name twice: 400 invalid_request; once it is ignored; resource and audience may repeat.")
        .why("What means nothing today may mean something tomorrow, and then two readers differ.")
        .run(|target| Box::pin(unknown_at_token(target)))
);
async fn unknown_at_token(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let twice = good.clone().also("colour", "red").also("colour", "blue");
    target.send(&twice).await?.must_be_oauth_error(400, "invalid_request")?;
    target.tokens_for(&good.also("colour", "red")).await?;
    Ok(())
}

rule!(
    Check::server("G1", "a repeated field of the login form is a 400 page")
        .lab_rule("lab rule", "username or password twice, a repeated name that nobody knows, or the page itself with two tickets: a 400 page, and nobody is logged in.")
        .why("Two readers of the same form could believe another user.")
        .run(|target| Box::pin(login_field(target)))
);
async fn login_field(target: Target) -> Outcome {
    if target.pair.is_none() {
        return Err(Verdict::skipped("a server of this lab: the rule is its own"));
    }
    let user = target.user()?;
    for (name, value) in [
        ("username", user.username.as_str()),
        ("password", "wrong"),
        ("colour", "red"),
    ] {
        let mut browser = target.browser();
        let page = browser.get(target.url("/login")).await?;
        let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
        let mut pairs = form.filled(&credentials(user));
        pairs.push((name.to_owned(), value.to_owned()));
        if name == "colour" {
            pairs.push((name.to_owned(), "blue".to_owned()));
        }
        browser.send(Request::form(target.url("/login"), &pairs)).await?.must_be_page(400)?;
        let home = browser.get(target.url("/")).await?;
        let known =
            home.body.contains(user.username.as_str()) && home.body.contains("logged in as");
        home.must(!known, "a page on which nobody is logged in")?;
    }
    let two = target.url("/login?ticket=one&ticket=two");
    target.browser().get(two).await?.must_be_page(400)?;
    target.log_in(&mut target.browser(), user).await?;
    Ok(())
}
