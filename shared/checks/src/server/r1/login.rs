//! R1.7, R1.8, R1.10: the login form.

use crate::server::support::{almost, is_logged_in};
use crate::{Check, rule};
use kit::flow::credentials;
use kit::html::{login_form, text};
use kit::{Answer, Outcome, Target};

rule!(
    Check::server("R1.7", "a wrong password and an unknown user look the same")
        .lab_rule(
            "OWASP authentication",
            "Both get status 401, the same page with the form, no code and no session."
        )
        .why("A difference tells an attacker which user names exist.")
        .run(|target| Box::pin(wrong_password(target)))
);
async fn wrong_password(target: Target) -> Outcome {
    let user = target.user()?;
    let mut pages = Vec::new();
    let wrong = [
        (user.username.as_str(), "wrong"),
        ("no-such-user", "wrong"),
        ("no-such-user", user.password.as_str()),
        (user.username.as_str(), ""),
        ("", ""),
    ];
    for (username, password) in wrong {
        let mut browser = target.browser();
        let answer = target.try_log_in(&mut browser, username, password).await?;
        answer.must_be_page(401)?;
        answer.must(login_form(&answer.body).is_some(), "the page with the login form")?;
        let still_out = !is_logged_in(&target, &mut browser).await?;
        answer.must(still_out, "no session: the next request asks for the password")?;
        if !username.is_empty() && !password.is_empty() {
            pages.push((seen(&answer, &[&user.username, "no-such-user"]), answer));
        }
    }
    for (page, answer) in &pages {
        answer.must(
            *page == pages[0].0,
            format!("the same page as for a wrong password:\n{}", pages[0].0),
        )?;
    }
    target.still_works().await
}

/// What a person can tell apart: status, text without the names that were typed, names of the headers.
fn seen(answer: &Answer, names: &[&str]) -> String {
    let headers: Vec<&str> = answer.headers.iter().map(|header| header.0.as_str()).collect();
    let text = names.iter().fold(text(&answer.body), |text, name| text.replace(name, "NAME"));
    format!("{} {text} {headers:?}", answer.status)
}

rule!(
    Check::server("R1.7", "a password that is almost right is wrong")
        .lab_rule("OWASP authentication", "One character off, too many or too few, another case, a blank before or after it: 401 and no session; the same for the name.")
        .why("A comparison that is a little tolerant lets in whoever knows a little.")
        .run(|target| Box::pin(almost_right(target)))
);
async fn almost_right(target: Target) -> Outcome {
    let user = target.user()?;
    let near = |text: &str| {
        let mut near = almost(text);
        near.extend([
            text[..text.len() - 1].to_owned(),
            text[1..].to_owned(),
            format!("{text}x"),
            format!("{text}{text}"),
            format!("{text} "),
            format!(" {text}"),
        ]);
        near
    };
    let (name, password) = (user.username.as_str(), user.password.as_str());
    let mut wrong: Vec<(String, String)> =
        near(password).into_iter().map(|password| (name.to_owned(), password)).collect();
    // Whether names have a case, and blanks around them, is the choice of whoever gives them out.
    if target.pair.is_some() {
        wrong.extend(near(name).into_iter().map(|name| (name, password.to_owned())));
    }
    for (name, password) in wrong {
        let mut browser = target.browser();
        let answer = target.try_log_in(&mut browser, &name, &password).await?;
        answer.must_be_page(401)?;
        let still_out = !is_logged_in(&target, &mut browser).await?;
        answer.must(still_out, "no session: the next request asks for the password")?;
    }
    target.still_works().await
}

rule!(
    Check::server("R1.7", "after a wrong password the request can still be finished")
        .lab_rule("RFC 6749 §4.1.1", "The 401 page keeps the pending request: a good password then leads to the client with a code.")
        .why("People mistype; they should not have to start over.")
        .run(|target| Box::pin(second_try(target)))
);
async fn second_try(target: Target) -> Outcome {
    let user = target.user()?;
    let request = target.request();
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let again = browser
        .submit(
            &page,
            &form,
            &[
                ("username", &user.username),
                ("password", "wrong"),
            ],
        )
        .await?;
    again.must_be_page(401)?;
    let form = login_form(&again.body).ok_or_else(|| again.fail("the page with the login form"))?;
    let answer = browser.submit(&again, &form, &credentials(user)).await?;
    let answer = target.walk_on(&mut browser, &request, answer, None).await?;
    answer.must(answer.location_param("code").is_some(), "a redirect to the client with a code")?;
    Ok(())
}

rule!(
    Check::server("R1.8", "a good login is answered with 303")
        .should("RFC 9700 §4.12", "POST /login with a pending request answers 303, and the way leads to the client with a code.")
        .why("307 would make the browser send the password on, to the client.")
        .run(|target| Box::pin(see_other(target)))
);
async fn see_other(target: Target) -> Outcome {
    let request = target.request();
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let answer = browser.submit(&page, &form, &credentials(target.user()?)).await?;
    answer.must_be(303)?;
    let answer = target.walk_on(&mut browser, &request, answer, None).await?;
    answer.must(answer.location_param("code").is_some(), "a redirect to the client with a code")?;
    Ok(())
}

rule!(
    Check::server("R1.10", "two tabs with different requests both resume rightly")
        .lab_rule("RFC 6749 §4.1.1", "Two pending requests of one browser, finished in the other order, each end at their own redirect_uri with their own values.")
        .why("A server that keeps one pending request per session mixes up what the user agreed to.")
        .run(|target| Box::pin(two_tabs(target)))
);
async fn two_tabs(target: Target) -> Outcome {
    let other = target.other()?;
    let first = target.request();
    let second = target.authorization_request(other);
    let third = target
        .authorization_request(other)
        .to(other.redirect_uris.last().map_or("", String::as_str));
    let mut browser = target.browser();
    let mut tabs = Vec::new();
    for request in [first, second, third] {
        let (page, form) = target.login_page(&mut browser, &request).await?;
        tabs.push((request, page, form));
    }
    for (request, page, form) in tabs.into_iter().rev() {
        let answer = browser.submit(&page, &form, &credentials(target.user()?)).await?;
        let answer = target.walk_on(&mut browser, &request, answer, None).await?;
        let code = answer.location_param("code").is_some();
        let same_state = answer.location_param("state").as_deref() == request.params.get("state");
        answer.must(
            code && same_state,
            format!("the code at {}, with the state of this tab", request.redirect_uri),
        )?;
    }
    Ok(())
}
