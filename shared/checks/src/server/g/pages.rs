//! G3, G5, G6: what goes to the browser: redirects after POST, cookies.

use crate::server::support::must_be_unguessable;
use crate::{Check, rule};
use kit::{Answer, Outcome, Target};

rule!(
    Check::server("G3", "a POST is never answered with 307 or 308")
        .must("RFC 9700 §4.12", "Every redirect after POST /login is 303 (or at least 302), with and without a pending request.")
        .why("307 and 308 make the browser send the password on to the next address.")
        .run(|target| Box::pin(after_post(target)))
);
async fn after_post(target: Target) -> Outcome {
    let user = target.user()?;
    let request = target.request();
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, &request).await?;
    let typed = [
        ("username", user.username.as_str()),
        ("password", user.password.as_str()),
    ];
    // With a pending request, with the same one again, in a new browser, and without any.
    seen_other(&browser.submit(&page, &form, &typed).await?)?;
    seen_other(&browser.submit(&page, &form, &typed).await?)?;
    seen_other(&target.browser().submit(&page, &form, &typed).await?)?;
    seen_other(&target.try_log_in(&mut target.browser(), &user.username, &user.password).await?)?;
    let wrong = target.try_log_in(&mut target.browser(), &user.username, "wrong").await?;
    wrong.must(!matches!(wrong.status, 307 | 308), "no 307, no 308")?;
    Ok(())
}

/// The browser is sent on by a GET, without the form: 303 says so, and with 302 browsers do so (R1.8 asks for 303).
fn seen_other(answer: &Answer) -> Outcome {
    let forwards = matches!(answer.status, 301 | 307 | 308);
    answer.must(!forwards, "303 (or 302, or a page), never 307 or 308")?;
    Ok(())
}

/// `name=value` of the cookies that the answer sets, with their attributes.
pub(super) fn set_cookies(answer: &Answer) -> Vec<(String, String, Vec<String>)> {
    answer
        .all("set-cookie")
        .filter_map(|line| {
            let mut parts = line.split(';').map(|part| part.trim().to_owned());
            let (name, value) =
                parts.next()?.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()))?;
            Some((name, value, parts.collect()))
        })
        .collect()
}

rule!(
    Check::server("G5", "session ids cannot be guessed")
        .lab_rule("draft-ietf-oauth-v2-1 §7.7", "The session cookies of twenty logins are all different and can each hold at least 128 bits of chance.")
        .why("Whoever guesses a session id is logged in.")
        .run(|target| Box::pin(session_ids(target)))
);
async fn session_ids(target: Target) -> Outcome {
    let mut ids = Vec::new();
    for _ in 0..20 {
        let mut browser = target.browser();
        let answer = target.log_in(&mut browser, target.user()?).await?;
        // The longest value is the session, should there be several cookies.
        let longest =
            browser.cookies().iter().map(|cookie| cookie.value.clone()).max_by_key(String::len);
        ids.push(longest.ok_or_else(|| answer.fail("a session cookie after a good login"))?);
    }
    must_be_unguessable("a session id", &ids)
}

rule!(
    Check::server("G6", "cookies are safe and named for their process")
        .lab_rule("RFC 6265 §8.5", "Every cookie that the server sets has HttpOnly, SameSite=Lax, Path=/ and no Domain; the session is lab_as.")
        .why("Cookies ignore ports: a client on the same host would overwrite a cookie of the same name.")
        .run(|target| Box::pin(cookies(target)))
);
async fn cookies(target: Target) -> Outcome {
    let mut browser = target.browser();
    let asked = browser.get(target.request().url()).await?;
    let (page, _) = target.login_page(&mut browser, &target.request()).await?;
    let login = target.log_in(&mut browser, target.user()?).await?;
    let wrong = target.try_log_in(&mut target.browser(), "nobody", "wrong").await?;
    let named =
        target.pair.is_none() || set_cookies(&login).iter().any(|cookie| cookie.0 == "lab_as");
    login.must(named, "Set-Cookie: lab_as=… after a good login")?;
    for answer in [asked, page, login, wrong] {
        safe_cookies(&answer, "lab_client")?;
    }
    Ok(())
}

/// Every cookie of the answer has the attributes of G6, and none has the name of the other process's cookie.
pub(super) fn safe_cookies(answer: &Answer, foreign: &str) -> Outcome {
    for (name, _, attributes) in set_cookies(answer) {
        let has = |wanted: &str| attributes.iter().any(|found| found.eq_ignore_ascii_case(wanted));
        let domain =
            attributes.iter().any(|found| found.to_ascii_lowercase().starts_with("domain"));
        let good = has("HttpOnly") && has("SameSite=Lax") && has("Path=/") && !domain;
        answer.must(good, format!("{name}: HttpOnly; SameSite=Lax; Path=/; no Domain"))?;
        answer.must(name != foreign, format!("another name than {foreign}"))?;
    }
    Ok(())
}
