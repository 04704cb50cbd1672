//! R7.8: nobody but the user who was asked can answer, and only from the page that asked.

use crate::server::r7::support::{admin, always_asked, exchange, gives_nothing, known_browser};
use crate::server::support::{almost, of_this_lab};
use crate::{Check, rule};
use kit::encoding::{path, query_pairs, random};
use kit::flow::{Pairs, Question, credentials};
use kit::html::login_form;
use kit::{Answer, Browser, Outcome, Target, Verdict};

/// The fields, with another value of one of them, or without it.
fn with(pairs: &[(String, String)], name: &str, value: Option<&str>) -> Pairs {
    let mut pairs = pairs.to_vec();
    pairs.retain(|pair| pair.0 != name);
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    pairs
}

/// The fields that the page hid in its form, but for those that stand in its address: the link that leads to it may
/// come from an attacker, who knows what is in it.
fn hidden(question: &Question) -> Vec<String> {
    let address = query_pairs(&question.page.request.url);
    let inputs = question.form.inputs.iter().filter(|input| input.kind == "hidden");
    let unknown = inputs.filter(|input| !address.iter().any(|pair| pair.1 == input.value));
    unknown.map(|input| input.name.clone()).collect()
}

/// The form as somebody would write it who has seen the address of the page, and not the page.
fn without_hidden(question: &Question) -> Pairs {
    let hidden = hidden(question);
    question.allow().into_iter().filter(|pair| !hidden.contains(&pair.0)).collect()
}

/// The same, with what stood in a page of his own.
fn with_hidden_of(question: &Question, other: &Question) -> Pairs {
    let hidden = hidden(question);
    let own = other.allow().into_iter().filter(|pair| hidden.contains(&pair.0));
    without_hidden(question).into_iter().chain(own).collect()
}

rule!(
    Check::server("R7.8", "a form of consent from elsewhere gives nobody a code")
        .must("RFC 6749 §10.12", "The form without what the page hid in it, or with what it hid from another user, another user's form in this browser, this user's form in another browser or without cookies: no code; then the page itself works. RFC 6749 §10.12: the server \"MUST implement CSRF protection for its authorization endpoint\".")
        .why("A page on another port could say yes in the user's name: SameSite ignores ports.")
        .run(|target| Box::pin(from_elsewhere(target)))
);
async fn from_elsewhere(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let mut victim = target.browser();
    let hers = target.question(&mut victim, &request, target.user()?).await?;
    let mut attacker = target.browser();
    let his = target.question(&mut attacker, &request, admin(&target)?).await?;
    for (mut browser, pairs) in [
        (victim.clone(), without_hidden(&hers)),
        (victim.clone(), with_hidden_of(&hers, &his)),
        (victim.clone(), his.allow()),
        (attacker, hers.allow()),
        (target.browser(), hers.allow()),
    ] {
        gives_nothing(&target, &browser.reply(&hers, &pairs).await?)?;
    }
    let answer = victim.reply(&hers, &hers.allow()).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

rule!(
    Check::server("R7.8", "a ticket that is missing, unknown or another question's is 403")
        .lab_rule("RFC 6749 §10.12", "No ticket, a made-up one, one character off, of another question, of a request that waits for its login or that nobody was asked about: a page with 403, no Location; the question can still be answered.")
        .why("The ticket says what is answered, so it must be one that was asked.")
        .run(|target| Box::pin(tickets(target)))
);
async fn tickets(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let other = target.question(&mut browser, &request, target.user()?).await?;
    let ticket = question.hidden("ticket")?;
    let unopened = browser.get(request.url()).await?.location_param("ticket").unwrap_or_default();
    let at_login = target.browser().get(request.url()).await?;
    let at_login = at_login.location_param("ticket").unwrap_or_default();
    let mut wrong = almost(ticket);
    wrong.extend([
        random(),
        "x".to_owned(),
        String::new(),
        format!("{ticket}x"),
    ]);
    wrong.extend([
        other.hidden("ticket")?.to_owned(),
        unopened.clone(),
        at_login,
    ]);
    let good = question.allow();
    for ticket in wrong.iter().map(|ticket| Some(ticket.as_str())).chain([None]) {
        let answer = browser.reply(&question, &with(&good, "ticket", ticket)).await?;
        gives_nothing(&target, &answer)?;
    }
    // Nobody was asked about this one, so no token can be right, not even none.
    let unasked = with(&good, "ticket", Some(&unopened));
    for token in [None, Some("")] {
        let answer = browser.reply(&question, &with(&unasked, "csrf_token", token)).await?;
        gives_nothing(&target, &answer)?;
    }
    let answer = browser.reply(&question, &good).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

rule!(
    Check::server("R7.8", "a csrf_token that is missing or almost right is 403")
        .lab_rule("RFC 6749 §10.12", "No csrf_token, an empty one, a made-up one, one character or one letter's case off, its beginning, with more behind it, another question's, the ticket: a page with 403, no Location; the question can still be answered.")
        .why("The token is all that tells the page's own form from one that somebody else wrote.")
        .run(|target| Box::pin(csrf_tokens(target)))
);
async fn csrf_tokens(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let other = target.question(&mut browser, &request, target.user()?).await?;
    let token = question.hidden("csrf_token")?;
    let mut wrong = almost(token);
    wrong.extend([
        String::new(),
        random(),
        cut(token, 8),
        cut(token, token.len().saturating_sub(1)),
        format!("{token}x"),
        format!("{token} "),
        format!("{}{}", cut(token, 16), &random()[16..]),
        other.hidden("csrf_token")?.to_owned(),
        question.hidden("ticket")?.to_owned(),
    ]);
    let good = question.allow();
    for token in wrong.iter().map(|token| Some(token.as_str())).chain([None]) {
        let answer = browser.reply(&question, &with(&good, "csrf_token", token)).await?;
        gives_nothing(&target, &answer)?;
    }
    let mut twice = good.clone();
    twice.push(("csrf_token".to_owned(), token.to_owned()));
    browser.reply(&question, &twice).await?.must_be_page(400)?;
    let answer = browser.reply(&question, &good).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

/// The beginning of a value.
fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

rule!(
    Check::server("R7.8", "a question belongs to one browser and one user")
        .lab_rule("RFC 6749 §10.12", "Opened or answered in another browser, by the same user or another, in the same browser by another user, or without a login: 403 or the login, never the form or a code; the user who was asked can still answer.")
        .why("Who may say yes is who was asked; a link with somebody else's question asks nobody.")
        .run(|target| Box::pin(whose_question(target)))
);
async fn whose_question(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let (user, other) = (target.user()?.clone(), admin(&target)?.clone());
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, &user).await?;
    let token = question.hidden("csrf_token")?;
    let mut elsewhere = known_browser(&target).await?;
    let mut stranger = target.browser();
    target.log_in(&mut stranger, &other).await?;
    // They have questions of their own as well, so that they are known to be browsers that may answer.
    for (browser, user) in [
        (&mut elsewhere, &user),
        (&mut stranger, &other),
    ] {
        let own = target.question(browser, &request, user).await?;
        refused_here(&target, browser, &question, token).await?;
        let answer = browser.reply(&own, &own.allow()).await?;
        exchange(&target, &request, &answer)?;
    }
    let mut nobody = target.browser();
    gives_nothing(&target, &nobody.reply(&question, &question.allow()).await?)?;
    let opened = nobody.get(&question.page.request.url).await?;
    let to_login = opened.location().is_some_and(|to| path(&to) == "/login");
    opened.must(opened.status == 303 && to_login, "303 to /login")?;
    // Another user in the same browser, and then the first one again.
    target.log_in(&mut browser, &other).await?;
    refused_here(&target, &mut browser, &question, token).await?;
    target.log_in(&mut browser, &user).await?;
    let answer = browser.reply(&question, &question.allow()).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

/// The question is neither shown to this browser nor taken from it.
async fn refused_here(
    target: &Target,
    browser: &mut Browser,
    question: &Question,
    token: &str,
) -> Outcome {
    gives_nothing(target, &browser.reply(question, &question.allow()).await?)?;
    let opened = browser.get(&question.page.request.url).await?;
    gives_nothing(target, &opened)?;
    opened.must(!opened.body.contains(token), "nothing of the question's csrf_token")?;
    Ok(())
}

rule!(
    Check::server("R7.8", "a login in another browser brings no code for a question that waits")
        .lab_rule("RFC 6749 §10.12", "The login form of a request whose question is open elsewhere, filled in by another user or the same: no code, and the question can still be answered where it was asked.")
        .why("The ticket stands in two addresses; the second must not be a way around the first.")
        .run(|target| Box::pin(login_elsewhere(target)))
);
async fn login_elsewhere(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let first = browser.submit(&page, &form, &credentials(target.user()?)).await?;
    let end = target.path().without_consent().from(&mut browser, first).await?;
    let question = asked(&end)?;
    for user in [target.user()?, admin(&target)?] {
        let mut other = target.browser();
        let answer = other.submit(&page, &form, &credentials(user)).await?;
        answer.must_be(303)?;
        let end = target.onward(&mut other, &request, answer).await?;
        gives_nothing(&target, &end)?;
        end.must(login_form(&end.body).is_none(), "a page that ends this try")?;
    }
    let answer = browser.reply(&question, &question.allow()).await?;
    target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    Ok(())
}

fn asked(page: &Answer) -> Result<Question, Verdict> {
    Question::of(page).ok_or_else(|| page.fail("a page that asks the user for consent"))
}
