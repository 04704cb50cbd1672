//! R7.8: a question is answered once.

use std::time::{Duration, Instant};

use crate::server::r7::decision::is_denied;
use crate::server::r7::support::{admin, always_asked, exchange, gives_nothing, known_browser};
use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::flow::{AuthorizationRequest, Question};
use kit::{Browser, Outcome, Request, Target, Verdict};

/// For so long the same form gets the same answer.
const SECOND_CLICK: Duration = Duration::from_secs(10);

rule!(
    Check::server("R7.8", "a double click on Allow gets the same answer twice, and one code")
        .lab_rule("lab rule", "The same form of the same browser within ten seconds, in a row or at once: the same redirect, and the server remembers one code; a double click on Deny is two times the same no.")
        .why("A browser shows the answer of the last click only; the first one must not have used the question up.")
        .run(|target| Box::pin(double_click(target)))
);
async fn double_click(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let post = || {
        let (mut browser, question) = (browser.clone(), question.clone());
        async move { browser.reply(&question, &question.allow()).await }
    };
    let first = post().await?;
    let answers = tokio::join!(post(), post(), post(), post());
    for again in [
        post().await?,
        answers.0?,
        answers.1?,
        answers.2?,
        answers.3?,
    ] {
        again.must(
            again.status == 303 && again.location() == first.location(),
            "the same redirect",
        )?;
    }
    one_code(&target, "a form of consent, six times").await?;
    target.tokens_for(&exchange(&target, &request, &first)?).await?;
    let question = target.question(&mut browser, &request, target.user()?).await?;
    for _ in 0..2 {
        is_denied(&browser.reply(&question, &question.deny()?).await?, &request)?;
    }
    one_code(&target, "and a no, twice").await
}

async fn one_code(target: &Target, sent: &str) -> Outcome {
    let counts = target.debug_state().await?["counts"].take();
    must(counts["authorization_codes"] == 1, sent, "one code", counts.to_string())
}

rule!(
    Check::server("R7.8", "another answer to a question that was answered is 403")
        .lab_rule("lab rule", "Yes after no, no after yes, and other ticks: a page with 403, no Location, no second code, and what was said first stays; the question is shown no more.")
        .why("An answer has gone out; a second one could only contradict it.")
        .run(|target| Box::pin(another_answer(target)))
);
async fn another_answer(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    for first in 0..3 {
        let question = target.question(&mut browser, &request, target.user()?).await?;
        let mut answers = vec![
            question.deny()?,
            question.allow(),
            question.allow_only(&["profile"]),
        ];
        let chosen = answers.remove(first);
        let said = browser.reply(&question, &chosen).await?;
        said.must_be(303)?;
        for other in answers.iter().chain(&answers) {
            gives_nothing(&target, &browser.reply(&question, other).await?)?;
        }
        gives_nothing(&target, &browser.get(&question.page.request.url).await?)?;
        let again = browser.reply(&question, &chosen).await?;
        again.must(again.location() == said.location(), "the same redirect as at first")?;
        if first > 0 {
            target.tokens_for(&exchange(&target, &request, &said)?).await?;
        }
    }
    let counts = target.debug_state().await?["counts"].take();
    let two = counts["authorization_codes"] == 2 && counts["grants"] == 2;
    must(two, "a no and two times a yes", "two codes, two grants", counts.to_string())
}

rule!(
    Check::server("R7.8", "a question that was answered more than ten seconds ago is over")
        .lab_rule("lab rule", "The same form after ten seconds, however often it was sent in between: a page with 403, no Location, no second code.")
        .why("The back button must not mint codes.")
        .run(|target| Box::pin(late(target)))
);
async fn late(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let first = browser.reply(&question, &question.allow()).await?;
    let answered = Instant::now();
    target.tokens_for(&exchange(&target, &request, &first)?).await?;
    tokio::time::sleep(Duration::from_secs(6)).await;
    let between = browser.reply(&question, &question.allow()).await?;
    let slow = answered.elapsed() >= SECOND_CLICK;
    between
        .must(between.location() == first.location() || slow, "the same redirect as at first")?;
    let left = (SECOND_CLICK + Duration::from_millis(1100)).saturating_sub(answered.elapsed());
    tokio::time::sleep(left).await;
    gives_nothing(&target, &browser.reply(&question, &question.allow()).await?)?;
    one_code(&target, "a form of consent, and again ten seconds later").await
}

rule!(
    Check::server("R7.8", "a question ends with its request")
        .lab_rule(
            "lab rule",
            "With LAB_TTL_PENDING, an answer after that time: a page with 403, no Location."
        )
        .why("A page left open for a day should not finish a request that nobody remembers.")
        .run(|target| Box::pin(crate::server::support::patiently(move |seconds| expired(
            target.clone(),
            seconds
        ))))
);
async fn expired(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_PENDING", &seconds.to_string())]).await?;
    let (mut in_time, good) = asked(&target).await?;
    let answer = in_time.reply(&good, &good.allow()).await?;
    let code = answer.location_param("code");
    answer.must(code.is_some(), "a redirect to the client with a code, in time")?;
    let (mut browser, question) = asked(&target).await?;
    kit::target::outlive(seconds).await;
    gives_nothing(&target, &browser.reply(&question, &question.allow()).await?)
}

async fn asked(target: &Target) -> Result<(Browser, Question), Verdict> {
    let mut browser = target.browser();
    let request = always_asked(target)?;
    let question = target.question(&mut browser, &request, target.user()?).await?;
    Ok((browser, question))
}

rule!(
    Check::server("R7.8", "questions that one browser opens at the same moment can all be answered")
        .lab_rule("lab rule", "Right after a login a browser opens four questions at once, twenty times over: each of them is answered with a code.")
        .why("A browser that starts again opens all its tabs at once, and a double click opens one page twice.")
        .run(|target| Box::pin(all_at_once(target)))
);
async fn all_at_once(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    for _ in 0..20 {
        let mut browser = known_browser(&target).await?;
        let mut opening = Vec::new();
        for _ in 0..4 {
            let request = always_asked(&target)?;
            let at = address_of_a_question(&mut browser, &request).await?;
            let mut tab = browser.clone();
            opening.push(tokio::spawn(async move { (tab.get(at).await, request) }));
        }
        for tab in opening {
            let (page, request) = tab.await.expect("no check panics here");
            let page = page?;
            let question = Question::of(&page).ok_or_else(|| page.fail("a question"))?;
            let answer = browser.reply(&question, &question.allow()).await?;
            exchange(&target, &request, &answer)?;
        }
    }
    Ok(())
}

/// Where the question of this request is, in a browser whose user is known: nobody has opened it yet.
async fn address_of_a_question(
    browser: &mut Browser,
    request: &AuthorizationRequest,
) -> Result<String, Verdict> {
    let redirect = browser.get(request.url()).await?;
    redirect.location().ok_or_else(|| redirect.fail("a redirect to a question"))
}

rule!(
    Check::server("R7.8", "a look at the address of a question does not open it")
        .lab_rule("RFC 9110 §9.3.2, §15.5.6", "HEAD of a question, in a browser that is logged in: 405 with GET and POST in Allow; the question is still free for the browser that opens it first.")
        .why("Whoever opens a question is the one who is asked. A program that only looks at a link must not be that.")
        .run(|target| Box::pin(only_a_look(target)))
);
async fn only_a_look(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let request = always_asked(&target)?;
    let mut looking = known_browser(&target).await?;
    let at = address_of_a_question(&mut looking, &request).await?;
    let answer = looking.send(Request::new("HEAD", &at)).await?;
    answer.must_be(405)?;
    let allow = answer.has_word("allow", "GET") && answer.has_word("allow", "POST");
    answer.must(allow, "Allow: GET, POST")?;
    let mut other = target.browser();
    target.log_in(&mut other, admin(&target)?).await?;
    let page = other.get(&at).await?;
    let question =
        Question::of(&page).ok_or_else(|| page.fail("the question, for who opens it"))?;
    let answer = other.reply(&question, &question.allow()).await?;
    exchange(&target, &request, &answer)?;
    Ok(())
}
