//! E5: the ticket that leads from the login back to the pending request.

use std::time::{Duration, Instant};

use crate::server::support::{is_logged_in, must, of_this_lab, patiently};
use crate::{Check, rule};
use kit::encoding::{path, random};
use kit::flow::{AuthorizationRequest, credentials};
use kit::html::{Form, links, login_form};
use kit::target::outlive;
use kit::{Answer, Browser, Outcome, Target, Verdict};

rule!(
    Check::server("E5", "a login without a pending request ends at /welcome")
        .lab_rule("lab rule", "A good password without ticket, or with one that nobody issued: a redirect to /welcome.")
        .why("The login works by itself; a made-up ticket leads nowhere.")
        .run(|target| Box::pin(without_ticket(target)))
);
async fn without_ticket(target: Target) -> Outcome {
    let user = target.user()?;
    let login = [
        ("username", user.username.clone()),
        ("password", user.password.clone()),
    ];
    for ticket in [
        None,
        Some(String::new()),
        Some(random()),
        Some("x".to_owned()),
    ] {
        let mut form = login.to_vec();
        form.extend(ticket.map(|ticket| ("ticket", ticket)));
        let answer = target.browser().post(&target.url("/login"), &form).await?;
        welcomed(&answer)?;
    }
    target.still_works().await
}

fn welcomed(answer: &Answer) -> Outcome {
    let location = answer.location().unwrap_or_default();
    let good = matches!(answer.status, 302 | 303)
        && path(&location) == "/welcome"
        && answer.location_param("code").is_none();
    answer.must(good, "a redirect to /welcome")?;
    Ok(())
}

/// A browser that stands before the login form of a request.
async fn at_the_form(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<(Browser, Answer, Form), Verdict> {
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, request).await?;
    Ok((browser, page, form))
}

rule!(
    Check::server("E5", "a double click on Log in gets the same answer twice")
        .lab_rule("lab rule", "The same form with the same user's right password within ten seconds, one after the other or at once: the same redirect with the same code, and each browser is logged in.")
        .why("A browser shows the answer of the last click only; the first one must not have used the request up.")
        .run(|target| Box::pin(double_click(target)))
);
async fn double_click(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let user = target.user()?;
    let request = target.request();
    let (mut browser, page, form) = at_the_form(&target, &request).await?;
    let mut others = [browser.clone(), browser.clone()];
    let first = browser.submit(&page, &form, &credentials(user)).await?;
    let end = target.onward(&mut browser, &request, first).await?;
    end.must(end.location_param("code").is_some(), "a redirect to the client with a code")?;
    for other in &mut others {
        let again = other.submit(&page, &form, &credentials(user)).await?;
        again.must_be(303)?;
        let same = again.location() == end.location();
        again.must(same, format!("the same redirect to the client: {:?}", end.location()))?;
        let own = other.cookies() != browser.cookies();
        again.must(own, "a session of its own for the second browser")?;
    }
    for known in others.iter_mut().chain([&mut browser]) {
        let sent = "the same login form, three times";
        must(is_logged_in(&target, known).await?, sent, "three sessions", "one without a login")?;
    }
    // And both clicks at the same moment.
    for _ in 0..10 {
        let request = target.request();
        let (browser, page, form) = at_the_form(&target, &request).await?;
        let post = |mut browser: Browser| {
            let (page, form, user) = (page.clone(), form.clone(), user.clone());
            tokio::spawn(async move {
                let answer = browser.submit(&page, &form, &credentials(&user)).await;
                answer.map(|answer| (browser, answer))
            })
        };
        let (one, two) = tokio::join!(post(browser.clone()), post(browser));
        let broken = |_| Verdict::failed("two clicks at once", "two answers", "a panic");
        let ((_, one), (mut last, two)) = (one.map_err(broken)??, two.map_err(broken)??);
        two.must(
            one.location() == two.location(),
            format!("the same redirect: {:?}", one.location()),
        )?;
        let end = target.onward(&mut last, &request, two).await?;
        end.must(end.location_param("code").is_some(), "a redirect to the client with a code")?;
    }
    Ok(())
}

rule!(
    Check::server("E5", "another user's login form brings that user no code")
        .lab_rule("lab rule", "After a login, the same form with another user's right password: logged in, sent to /welcome, no code; with a wrong password: 401.")
        .why("Tickets are not bound to a browser: whoever sent somebody his ticket would post after her and receive her code.")
        .run(|target| Box::pin(other_user(target)))
);
async fn other_user(target: Target) -> Outcome {
    of_this_lab(&target)?;
    for (first, second) in [(0, 1), (1, 0)] {
        let (first, second) = (&target.users[first], &target.users[second]);
        let request = target.request();
        let (mut browser, page, form) = at_the_form(&target, &request).await?;
        let (mut stranger, mut guesser) = (browser.clone(), browser.clone());
        let hers = browser.submit(&page, &form, &credentials(first)).await?;
        let end = target.onward(&mut browser, &request, hers).await?;
        let code = end.location_param("code").unwrap_or_default();
        end.must(!code.is_empty(), "a redirect to the client with a code")?;
        let wrong = [
            ("username", first.username.as_str()),
            ("password", second.password.as_str()),
        ];
        let guess = guesser.submit(&page, &form, &wrong).await?;
        guess.must_be_page(401)?;
        guess.must(!guess.body.contains(&code), "no code on the page")?;
        let answer = stranger.submit(&page, &form, &credentials(second)).await?;
        welcomed(&answer)?;
        let text = format!("{:?}{}", answer.headers, answer.body);
        answer.must(!text.contains(&code), "nothing of the first user's code")?;
        let mine = target.code_for(&mut stranger, &target.request(), second).await?;
        if let Ok(storage) = target.storage().await {
            let row = &storage["authorization_codes"][target.key(&mine.code)];
            let owner = row.is_null() || row["user_id"] == second.username.as_str();
            let wanted = "a code of the second user";
            must(owner, "/authorize in the second browser", wanted, row.to_string())?;
        }
        // The first user's second click is still answered: nobody took the row away.
        let again = browser.submit(&page, &form, &credentials(first)).await?;
        again.must(again.location() == end.location(), "the same redirect to the client")?;
    }
    target.still_works().await
}

/// For so long a second post of the form gets the first one's answer.
const SECOND_CLICK: Duration = Duration::from_secs(10);

rule!(
    Check::server("E5", "a ticket works once")
        .lab_rule("lab rule", "The same login form more than ten seconds after it was answered, however often it was sent in between: a redirect to /welcome, no second code, and a link to the client there.")
        .why("The back button must not mint codes.")
        .run(|target| Box::pin(used_ticket(target)))
);
async fn used_ticket(target: Target) -> Outcome {
    let user = target.user()?;
    let request = target.request();
    let (mut browser, page, form) = at_the_form(&target, &request).await?;
    let mut other = browser.clone();
    let first = browser.submit(&page, &form, &credentials(user)).await?;
    let answered = Instant::now();
    let to_client = target.walk_on(&mut browser, &request, first, None).await?.location();
    if target.pair.is_none() {
        // How long a second click may take is the lab's own rule; that it mints no second code is not.
        let again = other.submit(&page, &form, &credentials(user)).await?;
        let minted = again.location_param("code").is_some() && again.location() != to_client;
        again.must(!minted, "no second code")?;
        return target.still_works().await;
    }
    // A click in between does not start the ten seconds anew.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let between = other.submit(&page, &form, &credentials(user)).await?;
    let late = answered.elapsed() >= SECOND_CLICK;
    between
        .must(between.location() == to_client || late, "the redirect to the client, as at first")?;
    let left = (SECOND_CLICK + Duration::from_millis(1100)).saturating_sub(answered.elapsed());
    tokio::time::sleep(left).await;
    welcomed(&browser.submit(&page, &form, &credentials(user)).await?)?;
    let answer = other.submit(&page, &form, &credentials(user)).await?;
    welcomed(&answer)?;
    let welcome = other.follow(&answer).await?;
    welcome.must_be_page(200)?;
    leads_to_the_client(&target, &welcome)?;
    // The form itself, opened again, still logs in.
    let again = target.browser().get(page.request.url.clone()).await?;
    again.must_be_page(200)?;
    again.must(login_form(&again.body).is_some(), "the login form")?;
    target.still_works().await
}

/// The page has a link to the client.
fn leads_to_the_client(target: &Target, page: &Answer) -> Outcome {
    let client = target.client.as_deref().unwrap_or_default();
    let there = links(&page.body).iter().any(|link| link.href.starts_with(client));
    page.must(there, format!("a link to the client, {client}"))?;
    Ok(())
}

rule!(
    Check::server("E5", "a ticket ends after its lifetime")
        .lab_rule("lab rule", "A good password with a ticket that has expired: a redirect to /welcome, no code, and a link to the client there.")
        .why("A login page left open for a day should not finish a request that nobody remembers.")
        .run(|target| Box::pin(patiently(move |seconds| expired_ticket(target.clone(), seconds))))
);
async fn expired_ticket(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_PENDING", &seconds.to_string())]).await?;
    let user = target.user()?;
    let (mut late, page, form) = at_the_form(&target, &target.request()).await?;
    target.still_works().await?;
    outlive(seconds).await;
    let answer = late.submit(&page, &form, &credentials(user)).await?;
    welcomed(&answer)?;
    leads_to_the_client(&target, &late.follow(&answer).await?)?;
    target.still_works().await
}
