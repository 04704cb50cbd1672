//! What several checks of the server need.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinError;

use crate::answer::Answer;
use crate::answer::leads_to;
use crate::browser::Browser;
use crate::check::Outcome;
use crate::check::Verdict;
use crate::encoding::origin;
use crate::flow::AuthorizationRequest;
use crate::html::login_form;
use crate::http::Request;
use crate::jwt::Jwt;
use crate::target::Target;

/// Sends an authorization request that must end on an error page, in a browser without a session and in one with:
/// the judgement must not wait for a login (RFC 6749 §4.1.2.1).
pub async fn refused_by_page(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<(), Verdict> {
    target.browser().get(request.url()).await?.must_be_page(400)?;
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    known.get(request.url()).await?.must_be_page(400)?;
    Ok(())
}

/// Sends an authorization request that must come back to the client with this error, at once.
pub async fn refused_by_redirect(
    target: &Target,
    request: &AuthorizationRequest,
    error: &str,
) -> Result<Answer, Verdict> {
    let answer = target.browser().get(request.url()).await?;
    answer.must_redirect_error(&request.redirect_uri, error)?;
    Ok(answer)
}

/// Does the server know who sits at this browser? It then answers a valid request without asking for a password.
pub async fn is_logged_in(target: &Target, browser: &mut Browser) -> Result<bool, Verdict> {
    let request = target.request();
    let mut answer = browser.get(request.url()).await?;
    for _ in 0..6 {
        if login_form(&answer.body).is_some() && answer.status == 200 {
            return Ok(false);
        }
        match answer.location() {
            Some(location) if leads_to(&location, &request.redirect_uri) => {
                answer.must(answer.location_param("code").is_some(), "a code")?;
                return Ok(true);
            }
            Some(location) if origin(&location) == origin(&target.server) => {
                answer = browser.follow(&answer).await?;
            }
            _ => break,
        }
    }
    Err(answer.fail("a login form, or a redirect to the client with a code"))
}

/// How many bits of chance the samples can hold at most: places that vary, times what a character of theirs can say.
pub fn bits_of_chance(samples: &[String]) -> f64 {
    let shortest = samples.iter().map(String::len).min().unwrap_or(0);
    let mut alphabet = HashSet::new();
    let mut places = 0_u32;
    for at in 0..shortest {
        let here: HashSet<u8> = samples.iter().map(|sample| sample.as_bytes()[at]).collect();
        if here.len() > 2 {
            places += 1;
            alphabet.extend(here);
        }
    }
    let letters = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    f64::from(places) * f64::from(letters.max(1)).log2()
}

/// Fails unless the values are all different and can hold at least 128 bits of chance.
pub fn must_be_unguessable(what: &str, samples: &[String]) -> Result<(), Verdict> {
    let distinct: HashSet<&String> = samples.iter().collect();
    let bits = bits_of_chance(samples);
    if distinct.len() == samples.len() && bits >= 128.0 {
        return Ok(());
    }
    Err(Verdict::failed(
        format!("{} requests that each bring {what}", samples.len()),
        format!("{what}: all different, at least 128 bits of chance each"),
        format!("{} different, at most {bits:.0} bits:\n{}", distinct.len(), samples.join("\n")),
    ))
}

/// Sends the same request many times at the same moment.
pub async fn all_at_once(
    target: &Target,
    request: &Request,
    times: usize,
) -> Result<Vec<Answer>, Verdict> {
    let start = Arc::new(Barrier::new(times));
    let tasks: Vec<_> = (0..times)
        .map(|_| {
            let (http, request, start) = (target.http.clone(), request.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                http.send(request).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        let broken =
            |trouble: JoinError| Verdict::failed(request.text(), "an answer", trouble.to_string());
        answers.push(task.await.map_err(broken)??);
    }
    Ok(answers)
}

/// Of many equal requests to `/token` one got 200 with a token, every other 400 invalid_grant.
pub fn one_winner(answers: &[Answer]) -> Outcome {
    let won = |answer: &&Answer| {
        answer.status == 200 && answer.json().is_some_and(|json| json["access_token"].is_string())
    };
    let winners = answers.iter().filter(won).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    for loser in answers.iter().filter(|answer| !won(answer)) {
        loser.must_be_oauth_error(400, "invalid_grant")?;
    }
    let sent = answers.first().map(|answer| answer.request.text()).unwrap_or_default();
    must(
        winners == 1,
        &format!("{} times at once:\n{sent}", answers.len()),
        "exactly one 200",
        format!("{winners} of them won: {statuses:?}"),
    )
}

/// Runs a check of a lifetime with a short one, and again with longer ones if it fails: on a busy machine the time may
/// be over before the good request was sent. A fault of the server shows with all of them.
pub async fn patiently<R>(check: impl Fn(u64) -> R) -> Outcome
where
    R: Future<Output = Outcome>,
{
    for seconds in [2, 5] {
        let outcome = check(seconds).await;
        if !matches!(outcome, Err(Verdict::Failed { .. })) {
            return outcome;
        }
    }
    check(12).await
}

/// Is an access token still good? From v05 the API says so; before, only `/debug/state` can tell.
pub async fn is_alive(target: &Target, access_token: &str) -> Result<bool, Verdict> {
    if target.version >= 5 {
        let answer = target.me(access_token).await?;
        answer.must(matches!(answer.status, 200 | 401), "200 or 401")?;
        return Ok(answer.status == 200);
    }
    let wanted = "the token's jti among access_tokens, with revoked true or false";
    let jti = Jwt::read(access_token).and_then(|jwt| jwt.claims["jti"].as_str().map(str::to_owned));
    let row = target.storage().await?["access_tokens"][jti.unwrap_or_default()].take();
    let revoked = row["revoked"].as_bool();
    let revoked =
        revoked.ok_or_else(|| Verdict::failed("GET /debug/state", wanted, row.to_string()))?;
    Ok(!revoked)
}

/// Fails unless the access token is good (or, with `false`, dead).
pub async fn must_be_alive(
    target: &Target,
    access_token: &str,
    alive: bool,
    when: &str,
) -> Outcome {
    let state = |alive: bool| {
        if alive {
            "a token that works"
        } else {
            "a dead token"
        }
    };
    let found = is_alive(target, access_token).await?;
    must(found == alive, when, state(alive), state(found))
}

/// Fails with what was got, in words, unless `good`.
pub fn must(good: bool, sent: &str, wanted: &str, got: impl Into<String>) -> Result<(), Verdict> {
    if good {
        Ok(())
    } else {
        Err(Verdict::failed(sent, wanted, got))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::random;

    #[test]
    fn random_values_pass_and_counters_fail() {
        let random: Vec<String> = (0..20).map(|_| random()).collect();
        assert!(must_be_unguessable("a code", &random).is_ok());
        let hex: Vec<String> =
            (0..20).map(|_| format!("{:032x}", rand::random::<u128>())).collect();
        assert!(must_be_unguessable("a code", &hex).is_ok());
        let counted: Vec<String> =
            (0..20).map(|n| format!("a-very-long-fixed-prefix-for-the-code-{n:08}")).collect();
        assert!(must_be_unguessable("a code", &counted).is_err());
        let short: Vec<String> = random.iter().map(|code| code[..16].to_owned()).collect();
        assert!(must_be_unguessable("a code", &short).is_err());
        let mut twice = random.clone();
        twice.push(random[0].clone());
        assert!(must_be_unguessable("a code", &twice).is_err());
    }
}
