//! G13: what a message may cost is bounded, and judged before anything else.

use std::time::{Duration, Instant};

use crate::server::support::{is_logged_in, must};
use crate::{Check, rule};
use kit::encoding::encode_pairs;
use kit::flow::{TokenRequest, credentials};
use kit::ladder::Capability;
use kit::request::FORM;
use kit::{Outcome, Request, Target, Verdict};

/// The pairs, and as many more that nobody knows as are missing to `count`.
fn filled_up(pairs: &[(String, String)], count: usize) -> Vec<(String, String)> {
    let missing = count.saturating_sub(pairs.len());
    let more = (0..missing).map(|n| (format!("unknown{n}"), "x".to_owned()));
    pairs.iter().cloned().chain(more).collect()
}

rule!(
    Check::server("G13", "/authorize takes a hundred parameters and not one more")
        .lab_rule("lab rule", "100 parameters: a code; 101, whatever else is right or wrong with them: a 400 page, no Location.")
        .why("Each parameter is compared with others; a bound on their number bounds the work that one request makes.")
        .run(|target| Box::pin(authorize_parameters(target)))
);
async fn authorize_parameters(target: Target) -> Outcome {
    let good = target.request();
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    for browser in [&mut target.browser(), &mut known] {
        for count in [101, 300] {
            let mut request = good.clone();
            request.params.0 = filled_up(&good.params.0, count);
            browser.get(request.url()).await?.must_be_page(400)?;
            // Its own parameters last, and twice: too many is said before anything else is looked at.
            request.params.0.reverse();
            browser.get(request.url()).await?.must_be_page(400)?;
        }
        let mut request = good.clone();
        request.params.0 = filled_up(&good.params.0, 100);
        target.code_for(browser, &request, target.user()?).await?;
    }
    Ok(())
}

rule!(
    Check::server("G13", "the login form takes a hundred fields and not one more")
        .lab_rule("lab rule", "POST /login with 100 fields and a good password: logged in; with 101: a 400 page, and nobody is logged in.")
        .why("A page of a foreign site can make any browser send such a form.")
        .run(|target| Box::pin(login_fields(target)))
);
async fn login_fields(target: Target) -> Outcome {
    let user = target.user()?;
    let login = credentials(user).map(|(name, value)| (name.to_owned(), value.to_owned()));
    let url = target.url("/login");
    for count in [101, 1000] {
        let mut browser = target.browser();
        browser.post(&url, &filled_up(&login, count)).await?.must_be_page(400)?;
        let still_out = !is_logged_in(&target, &mut browser).await?;
        must(still_out, "POST /login with too many fields", "nobody logged in", "a session")?;
    }
    let mut browser = target.browser();
    let answer = browser.post(&url, &filled_up(&login, 100)).await?;
    answer.must(answer.is_redirect(), "a redirect for a good login with 100 fields")?;
    Ok(())
}

rule!(
    Check::server("G13", "/token takes a hundred parameters and not one more")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "101 parameters, with good or bad credentials: 400 invalid_request, the code is not spent; 100: a token.")
        .why("The work is done before the client is known, so anybody could ask for it.")
        .run(|target| Box::pin(token_parameters(target)))
);
async fn token_parameters(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let with = |request: TokenRequest, count: usize| {
        let mut request = request;
        request.params.0 = filled_up(&request.params.0, count);
        request
    };
    let stranger = good.clone().basic(&target.demo.client_id, "wrong");
    for request in [
        with(good.clone(), 101),
        with(good.clone(), 1000),
        with(stranger, 101),
        with(good.clone().set("grant_type", "nonsense"), 101),
    ] {
        target.send(&request).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&with(good, 100)).await?;
    Ok(())
}

/// So long eight such forms may take at most, on a machine that does other things as well.
const AT_ONCE: Duration = Duration::from_secs(2);

/// As many names as fit, all different: `a&b&…`.
fn names(most: usize) -> String {
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    let name = |mut number: usize| {
        let mut name = String::new();
        loop {
            name.push(letters[number % letters.len()]);
            number /= letters.len();
            if number == 0 {
                return name;
            }
        }
    };
    let mut form = String::new();
    for number in 0.. {
        let next = name(number);
        if form.len() + next.len() + 1 > most {
            break;
        }
        form.push_str(&next);
        form.push('&');
    }
    form
}

rule!(
    Check::server("G13", "a form of eighteen thousand names is answered at once, and holds nobody up")
        .lab_rule("lab rule", "64 KiB of names that all differ, at each address that reads a form, eight at a time: an answer below 500 within two seconds, and /healthz answers meanwhile.")
        .why("Whoever compares each name with each other takes seconds for it, and one page can make a thousand browsers send such forms.")
        .run(|target| Box::pin(wide_form(target)))
);
async fn wide_form(target: Target) -> Outcome {
    // A server that fails here fails everybody who asks it meanwhile, and nobody should wonder why.
    let target = target.alone().await?;
    let mut addresses = vec!["/login"];
    if Capability::TokenEndpoint.is_in(target.rule.max(target.version)) {
        addresses.push("/token");
    }
    if Capability::Consent.is_in(target.rule.max(target.version)) {
        addresses.push("/consent");
    }
    let body = names(65_536);
    for path in addresses {
        let request = Request::new("POST", target.url(path)).body(FORM, body.as_str());
        patient(&target, &request.header("Origin", &target.server), 400).await?;
    }
    let query = format!("{}?{}", target.url("/authorize"), names(8192));
    patient(&target, &Request::get(query), 400).await?;
    let known = encode_pairs(&target.request().params.0);
    let query = format!("{}?{known}&{}", target.url("/authorize"), names(8192 - known.len() - 1));
    patient(&target, &Request::get(query), 400).await?;
    target.still_works().await
}

/// Eight at once, in time; on a busy machine a second and a third try may be what shows it.
async fn patient(target: &Target, request: &Request, status: u16) -> Outcome {
    for _ in 0..2 {
        if eight_at_once(target, request, status).await.is_ok() {
            return Ok(());
        }
    }
    eight_at_once(target, request, status).await
}

async fn eight_at_once(target: &Target, request: &Request, status: u16) -> Outcome {
    let begin = Instant::now();
    let (http, health) = (target.http.clone(), Request::get(target.url("/healthz")));
    let meanwhile = tokio::spawn(async move {
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let begin = Instant::now();
            http.send(health.clone()).await?.must_be(200)?;
            slowest = slowest.max(begin.elapsed());
        }
        Ok::<Duration, Verdict>(slowest)
    });
    let answers = target.http.at_once(request, 8).await?;
    let all = begin.elapsed();
    let broken = |_| Verdict::failed("GET /healthz", "an answer", "a panic");
    let slowest = meanwhile.await.map_err(broken)??;
    for answer in &answers {
        answer.must_be(status)?;
    }
    let sent = format!(
        "{} {} eight times at once, with thousands of names",
        request.method,
        kit::encoding::path(&request.url)
    );
    let got = format!("all answers after {all:?}, /healthz after {slowest:?} at worst");
    must(all < AT_ONCE && slowest < AT_ONCE, &sent, "everything within two seconds", got)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_wide_form_is_wide_and_no_name_repeats() {
        let form = names(65_536);
        let all: Vec<&str> = form.split('&').filter(|name| !name.is_empty()).collect();
        let distinct: HashSet<&&str> = all.iter().collect();
        assert!(form.len() <= 65_536 && all.len() > 17_000, "{} names", all.len());
        assert_eq!(distinct.len(), all.len());
    }
}
