//! E5: what is left of a login form once it was answered, and what is there without a login.

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::encoding::path;
use kit::flow::credentials;
use kit::html::{links, text};
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("E5", "a login form that is sent several times leaves one code")
        .lab_rule("lab rule", "After five posts of one form, one after the other and at once, and one by another user, the server remembers one code.")
        .why("A code that nobody was given is good all the same, and takes the place of one that somebody waits for.")
        .run(|target| Box::pin(one_code(target)))
);
async fn one_code(target: Target) -> Outcome {
    let target = target.alone().await?;
    of_this_lab(&target)?;
    let (first, second) = (&target.users[0], &target.users[1]);
    let mut browser = target.browser();
    let request = target.request();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let post = |user: &kit::target::User| {
        let (mut browser, page, form) = (browser.clone(), page.clone(), form.clone());
        let user = user.clone();
        async move { browser.submit(&page, &form, &credentials(&user)).await }
    };
    let mut known = browser.clone();
    let hers = known.submit(&page, &form, &credentials(first)).await?;
    let end = target.onward(&mut known, &request, hers).await?;
    let code = end.location_param("code").unwrap_or_default();
    end.must(!code.is_empty(), "a redirect to the client with a code")?;
    post(first).await?;
    post(second).await?.must_be(303)?;
    let (one, two, three) = tokio::join!(post(first), post(first), post(first));
    for again in [one?, two?, three?] {
        // Whoever agreed at first is not asked again: the way leads straight to the client.
        again
            .must(again.location() == end.location(), "the redirect to the client, as at first")?;
    }
    let storage = target.storage().await?;
    let codes = storage["authorization_codes"].as_object();
    let kept: Vec<&String> = codes.into_iter().flatten().map(|row| row.0).collect();
    let sent = "one login form, six times; then GET /debug/state";
    must(kept == [&target.key(&code)], sent, "the code that was given out", format!("{kept:?}"))
}

rule!(
    Check::server("E5", "a login form whose request is over says so")
        .lab_rule("lab rule", "The form of a request that waits names the client; one that was answered, or whose ticket nobody issued, does not, but links to it; one without a ticket does neither.")
        .why("Whoever logs in for a client should see for which, and be led back where no client waits.")
        .run(|target| Box::pin(over(target)))
);
async fn over(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let client = target.client.clone().ok_or_else(|| Verdict::skipped("a running client"))?;
    let mut browser = target.browser();
    let request = target.request();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let names = |page: &kit::Answer| text(&page.body).contains(&target.demo.client_id);
    let leads = |page: &kit::Answer| {
        let main = page.body.split("<main").nth(1).unwrap_or(&page.body);
        links(main).iter().any(|link| link.href.starts_with(&client))
    };
    page.must(names(&page) && !leads(&page), "the client's name, and no link to it")?;
    let answered = browser.submit(&page, &form, &credentials(target.user()?)).await?;
    let end = target.onward(&mut browser, &request, answered).await?;
    end.must(end.location_param("code").is_some(), "a code")?;
    let made_up = target.url("/login?ticket=made-up");
    for url in [page.request.url.clone(), made_up] {
        let late = target.browser().get(url).await?;
        late.must_be_page(200)?;
        late.must(!names(&late) && leads(&late), "no client's name, but a link to the client")?;
    }
    let plain = target.browser().get(target.url("/login")).await?;
    plain.must(!names(&plain) && !leads(&plain), "neither a client's name nor a link to it")?;
    Ok(())
}

rule!(
    Check::server("E6", "/welcome greets only who is logged in")
        .lab_rule("lab rule", "Without a session, with a made-up one, and after a wrong password: a redirect to /login.")
        .why("A page that greets nobody by name says that a login took place, and none did.")
        .run(|target| Box::pin(nobody(target)))
);
async fn nobody(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let user = target.user()?;
    let mut known = target.browser();
    target.log_in(&mut known, user).await?;
    known.get(target.url("/welcome")).await?.must_be_page(200)?;
    let mut wrong = target.browser();
    target.try_log_in(&mut wrong, &user.username, "wrong").await?.must_be_page(401)?;
    let mut planted = target.browser();
    for cookie in known.cookies() {
        planted.plant(&cookie.host, &cookie.name, "made-up");
    }
    for browser in [
        &mut target.browser(),
        &mut wrong,
        &mut planted,
    ] {
        let answer = browser.get(target.url("/welcome")).await?;
        let to = answer.location().unwrap_or_default();
        answer.must(answer.status == 303 && path(&to) == "/login", "303 to /login")?;
    }
    Ok(())
}
