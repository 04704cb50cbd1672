//! R1.1, R1.5: log in, and a code arrives at the client.

use crate::server::support::{must, must_be_unguessable};
use crate::{Check, rule};
use kit::encoding::{origin, path};
use kit::flow::credentials;
use kit::html::login_form;
use kit::{Outcome, Target};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

rule!(
    Check::server("R1.1", "a login leads back to the client with a code")
        .must("RFC 6749 §4.1.1, §4.1.2", "A valid request without a session leads to a login form; after a good password it is resumed and ends at redirect_uri with a code.")
        .why("This is the flow itself: the password goes to the server only, the client gets a code.")
        .run(|target| Box::pin(login_then_code(target)))
);
async fn login_then_code(target: Target) -> Outcome {
    let request = target.request();
    let answer = target.walk(&mut target.browser(), &request, target.user()?).await?;
    let code = answer.location_param("code").is_some_and(|code| !code.is_empty());
    let good = code && answer.location_param("error").is_none();
    answer.must(good, "one code and no error in the redirect to the client")?;
    // Without the password there is none.
    let mut browser = target.browser();
    let answer = browser.get(request.url()).await?;
    answer.must(answer.location_param("code").is_none(), "no code before the login")?;
    Ok(())
}

rule!(
    Check::server("R1.1", "a login leads back by way of /login")
        .lab_rule("lab rule", "A valid request without a session is redirected to /login, whose form is sent by POST, has a username, and is answered with a redirect.")
        .why("Everyone who reads the lab finds the form at the same place.")
        .run(|target| Box::pin(by_way_of_login(target)))
);
async fn by_way_of_login(target: Target) -> Outcome {
    let request = target.request();
    let mut browser = target.browser();
    let asked = browser.get(request.url()).await?;
    let location = asked.location().unwrap_or_default();
    let to_login = matches!(asked.status, 302 | 303)
        && origin(&location) == origin(&target.server)
        && path(&location) == "/login";
    asked.must(to_login, "302 or 303 to /login of the same server")?;
    let page = browser.follow(&asked).await?;
    page.must_be_page(200)?;
    let form = login_form(&page.body).filter(|form| form.method == "POST" && form.has("username"));
    let form = form.ok_or_else(|| page.fail("a form with method POST, username and password"))?;
    let back = browser.submit(&page, &form, &credentials(target.user()?)).await?;
    back.must(back.is_redirect(), "a redirect after the good password")?;
    let answer = target.walk_on(&mut browser, &request, back, None).await?;
    let code = answer.location_param("code").is_some_and(|code| !code.is_empty());
    let good = code && answer.location_param("error").is_none();
    answer.must(good, "one code and no error in the redirect to the client")?;
    Ok(())
}

rule!(
    Check::server("R1.1", "a user who is logged in gets a code without a second login")
        .lab_rule(
            "RFC 6749 §4.1.1",
            "A valid request from a browser with a session ends at redirect_uri with a new code."
        )
        .why("The session at the server is what makes the next app a single click.")
        .run(|target| Box::pin(code_without_login(target)))
);
async fn code_without_login(target: Target) -> Outcome {
    let mut browser = target.browser();
    let first = target.code_for(&mut browser, &target.request(), target.user()?).await?;
    let request = target.request();
    let answer = browser.get(request.url()).await?;
    let answer = target.onward(&mut browser, &request, answer).await?;
    let code = answer.location_param("code").unwrap_or_default();
    answer.must(
        matches!(answer.status, 302 | 303) && !code.is_empty() && code != first.code,
        "a redirect to the client with a new code, no login page",
    )?;
    Ok(())
}

rule!(
    Check::server("R1.5", "codes cannot be guessed and never repeat")
        .must(
            "RFC 6749 §10.10",
            "Twenty codes are all different and each can hold at least 128 bits of chance."
        )
        .why("Whoever guesses a code is somebody else.")
        .run(|target| Box::pin(codes_are_random(target)))
);
async fn codes_are_random(target: Target) -> Outcome {
    let mut browser = target.browser();
    let mut codes = Vec::new();
    for _ in 0..20 {
        codes.push(target.code_for(&mut browser, &target.request(), target.user()?).await?.code);
    }
    must_be_unguessable("a code", &codes)
}

rule!(
    Check::server("R1.5", "a code ends within ten minutes")
        .should(
            "RFC 6749 §4.1.2",
            "expires_at of a new code lies in the future and at most 600 seconds away."
        )
        .why(
            "A code travels through the browser and may leak; a short life leaves little to steal."
        )
        .run(|target| Box::pin(codes_are_short_lived(target)))
);
async fn codes_are_short_lived(target: Target) -> Outcome {
    let grant = target.code().await?;
    let storage = target.storage().await?;
    let row = &storage["authorization_codes"][target.key(&grant.code)];
    let wanted = "expires_at (RFC 3339) of the code, at most 600 seconds from now";
    let until =
        row["expires_at"].as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let left = until.map(|until| (until - OffsetDateTime::now_utc()).whole_seconds());
    let good = left.is_some_and(|left| (1..=600).contains(&left));
    must(good, "GET /debug/state after a new code", wanted, format!("{row}, {left:?} seconds left"))
}
