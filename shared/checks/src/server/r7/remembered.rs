//! R7.11: the same question is not asked again, where that is safe.

use crate::server::r7::support::{admin, always_asked, exchange, opens_only, says};
use crate::server::support::{of_this_lab, patiently};
use crate::{Check, rule};
use kit::flow::Question;
use kit::target::{App, User};
use kit::{Browser, Outcome, Target, Verdict};

/// Whether the user of this browser is asked; `None` is a code at once.
async fn asked(
    target: &Target,
    browser: &mut Browser,
    app: &App,
    user: &User,
    scope: &str,
) -> Result<Option<Question>, Verdict> {
    let request = target.authorization_request(app).set("scope", scope);
    match target.may_ask(browser, &request, user).await? {
        Ok(question) => Ok(Some(question)),
        Err(end) => {
            let tokens = target.tokens_for(&exchange(target, &request, &end)?).await?;
            let scopes: Vec<&str> = scope.split(' ').collect();
            says(&tokens, &scopes)?;
            opens_only(target, &tokens.access_token, &scopes).await?;
            Ok(None)
        }
    }
}

/// One browser with one user and one client.
struct Scene {
    target: Target,
    browser: Browser,
}

impl Scene {
    async fn open(target: &Target) -> Result<Scene, Verdict> {
        of_this_lab(target)?;
        let target = target.alone().await?;
        let browser = target.browser();
        Ok(Scene { target, browser })
    }

    /// The question that is asked for this scope.
    async fn question(&mut self, scope: &str) -> Result<Question, Verdict> {
        let (target, user) = (&self.target, self.target.user()?);
        let found = asked(target, &mut self.browser, &target.demo, user, scope).await?;
        let sent = format!("GET /authorize with scope={scope}");
        found.ok_or_else(|| Verdict::failed(sent, "a page that asks for consent", "a code at once"))
    }

    /// Nobody is asked for this scope, in this browser and after a login in another one.
    async fn silent(&mut self, scope: &str) -> Outcome {
        let (target, user) = (&self.target, self.target.user()?);
        for browser in [&mut self.browser, &mut target.browser()] {
            if let Some(question) = asked(target, browser, &target.demo, user, scope).await? {
                return Err(question.page.fail(format!("a code without a question for {scope}")));
            }
        }
        Ok(())
    }

    async fn allow(&mut self, asked: &str, granted: &[&str]) -> Outcome {
        let question = self.question(asked).await?;
        let answer = self.browser.reply(&question, &question.allow_only(granted)).await?;
        answer.must(answer.location_param("code").is_some(), "a code")?;
        Ok(())
    }

    async fn deny(&mut self, asked: &str) -> Outcome {
        let question = self.question(asked).await?;
        let answer = self.browser.reply(&question, &question.deny()?).await?;
        answer.must(answer.location_param("error").is_some(), "an error")?;
        Ok(())
    }
}

rule!(
    Check::server("R7.11", "a public client is asked about each time")
        .should("RFC 6749 §10.2, draft-ietf-oauth-v2-1 §7.3.1", "After a yes, the same request of the public client is a question again, with a session and after a login. RFC 6749 §10.2: the server \"SHOULD NOT process repeated authorization requests automatically\" without authenticating the client.")
        .why("Anybody can use the name of a client that has no secret.")
        .run(|target| Box::pin(public(target)))
);
async fn public(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    for _ in 0..3 {
        let question = target.question(&mut browser, &request, target.user()?).await?;
        let answer = browser.reply(&question, &question.allow()).await?;
        target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    }
    target.question(&mut target.browser(), &request, target.user()?).await?;
    Ok(())
}

rule!(
    Check::server("R7.11", "what was allowed to a client with a secret is not asked again")
        .lab_rule("draft-ietf-oauth-v2-1 §7.3", "The same scope, in another order, or less of it: a code without a question, for no more than was asked for, with a session and after a login.")
        .why("A question that comes each time is not read any more.")
        .run(|target| Box::pin(not_again(target)))
);
async fn not_again(target: Target) -> Outcome {
    let mut scene = Scene::open(&target).await?;
    scene.allow("profile notes:read", &["profile", "notes:read"]).await?;
    for scope in [
        "profile notes:read",
        "notes:read profile",
        "profile",
        "notes:read",
    ] {
        scene.silent(scope).await?;
    }
    // What was asked for later comes on top.
    scene.allow("notes:write", &["notes:write"]).await?;
    scene.silent("profile notes:read notes:write").await
}

rule!(
    Check::server("R7.11", "a scope that grows is asked about, and so is each other user and client")
        .should("RFC 6749 §10.2, draft-ietf-oauth-v2-1 §7.3", "After a yes to a part: the whole is a question that shows all of it; so is the same part for another user, and for another client.")
        .why("A yes is one person's, to one client, for what stood there.")
        .run(|target| Box::pin(grows(target)))
);
async fn grows(target: Target) -> Outcome {
    let mut scene = Scene::open(&target).await?;
    scene.allow("profile notes:read", &["profile", "notes:read"]).await?;
    for scope in [
        "notes:write",
        "admin",
        "profile notes:read notes:write",
        "profile admin",
    ] {
        let question = scene.question(scope).await?;
        let ticks = question.ticks();
        let all = scope.split(' ').all(|name| ticks.contains(&name));
        question.page.must(all, format!("a tick for each of {scope}"))?;
    }
    let target = &scene.target;
    for (app, user) in [
        (&target.demo, admin(target)?),
        (target.other()?, target.user()?),
        (target.other()?, admin(target)?),
    ] {
        let found = asked(target, &mut target.browser(), app, user, "profile").await?;
        let sent = format!("scope=profile of {} for {}", app.client_id, user.username);
        found.ok_or_else(|| {
            Verdict::failed(sent, "a page that asks for consent", "a code at once")
        })?;
    }
    scene.silent("profile notes:read").await
}

rule!(
    Check::server("R7.11", "what was denied or unticked is asked about again")
        .lab_rule("draft-ietf-oauth-v2-1 §7.3", "After a no, and after a yes with a tick less: the same request is a question; what was left ticked is not asked again, and what is unticked later is not remembered any longer.")
        .why("A no that is remembered as a yes is the opposite of consent.")
        .run(|target| Box::pin(denied(target)))
);
async fn denied(target: Target) -> Outcome {
    let mut scene = Scene::open(&target).await?;
    for _ in 0..2 {
        scene.deny("profile notes:read").await?;
    }
    scene.question("profile").await?;
    scene.allow("profile notes:read", &["profile"]).await?;
    scene.silent("profile").await?;
    for scope in ["notes:read", "profile notes:read"] {
        scene.question(scope).await?;
    }
    scene.allow("profile notes:read", &["profile", "notes:read"]).await?;
    scene.silent("notes:read").await?;
    scene.allow("notes:read notes:write", &["notes:write"]).await?;
    scene.silent("profile notes:write").await?;
    scene.question("notes:read").await?;
    Ok(())
}

rule!(
    Check::server("R7.11", "what was allowed is not remembered for ever")
        .lab_rule("lab rule", "After the longest time that a login may last the same request is a question again; before it, it is not.")
        .why("Whoever said yes last year does not remember it either.")
        .run(|target| Box::pin(patiently(move |seconds| ends(target.clone(), seconds))))
);
async fn ends(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_REFRESH", &seconds.to_string())]).await?;
    let request = target.request();
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    browser.reply(&question, &question.allow()).await?.must_be(303)?;
    if let Ok(question) = target.may_ask(&mut browser, &request, target.user()?).await? {
        return Err(question.page.fail("a code without a question, in time"));
    }
    kit::target::outlive(seconds).await;
    target.question(&mut browser, &request, target.user()?).await?;
    Ok(())
}

rule!(
    Check::server("R7.11", "a yes is for one address of the client")
        .lab_rule("draft-ietf-oauth-v2-1 §7.3", "After a yes, the same request of the same client to another of its registered addresses is a question; after a yes to that, neither is asked again.")
        .why("The page says where the browser goes back to. A yes that was given to that line is none to another one.")
        .run(|target| Box::pin(one_address(target)))
);
async fn one_address(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let (app, user) = (target.other()?, target.user()?);
    if app.redirect_uris.len() < 2 {
        return Err(Verdict::skipped("a second client with two redirect URIs"));
    }
    let mut browser = target.browser();
    for redirect_uri in &app.redirect_uris {
        let request = target.authorization_request(app).to(redirect_uri);
        let question = target.question(&mut browser, &request, user).await?;
        browser.reply(&question, &question.allow()).await?.must_be(303)?;
    }
    for redirect_uri in &app.redirect_uris {
        let request = target.authorization_request(app).to(redirect_uri);
        if let Ok(question) = target.may_ask(&mut browser, &request, user).await? {
            return Err(question.page.fail("a code without a question: this address was allowed"));
        }
    }
    Ok(())
}
