//! R8.2: what was promised holds after the process has died.

use crate::server::r8::two::{on_a, on_each};
use crate::{Check, rule};
use kit::engine::Kind;
use kit::{Browser, Outcome, Request, Target, Verdict};

/// Written before the crash.
const NOTE: &str = "Buy a second key.";

rule!(
    Check::server("R8.2", "logins, codes and tokens outlive the process, and so does what was used up")
        .lab_rule("lab rule", "Both servers are killed and one is started again: the browser is still logged in, what it consented to is remembered, an unused code, an access token and a refresh token work, and a note is there; a used code is refused, and an old refresh token ends its login.")
        .why("A restart that forgets logs everybody out, and a restart that forgets what was used lets a thief use it again.")
        .run(|target| Box::pin(restarted(target)))
);
async fn restarted(target: Target) -> Outcome {
    on_each(&target, async |two| {
        let one = &two.one;
        let mut browser = one.browser();
        let user = one.user()?;
        let used = one.code_for(&mut browser, &one.request(), user).await?;
        let first = one.tokens_for(&one.redeem(&used)).await?;
        let second = one.tokens_for(&one.refresh(&one.demo, first.refresh_token()?)).await?;
        let waiting = one.code_for(&mut browser, &one.request(), user).await?;
        let writer = note(one, &mut browser).await?;
        let other_login = one.tokens().await?;
        one.pair()?.server.kill();
        two.second.kill();
        let _again = one.instance().await?;
        // Logged in, and asked nothing: the code comes at once.
        let answer = browser.get(one.request().url()).await?;
        answer.must(
            answer.location_param("code").is_some(),
            "a code, without a login or a question",
        )?;
        one.me(&second.access_token).await?.must_be(200)?;
        is_there(one, &writer).await?;
        one.tokens_for(&one.redeem(&waiting)).await?;
        one.send(&one.redeem(&waiting)).await?.must_be_oauth_error(400, "invalid_grant")?;
        one.tokens_for(&one.refresh(&one.demo, other_login.refresh_token()?)).await?;
        // What was used before the crash is known as used after it.
        let old = one.refresh(&one.demo, first.refresh_token()?);
        one.send(&old).await?.must_be_oauth_error(400, "invalid_grant")?;
        one.me(&second.access_token).await?.must_be_bearer_error(401, Some("invalid_token"))?;
        one.send(&one.redeem(&used)).await?.must_be_oauth_error(400, "invalid_grant")?;
        one.still_works().await
    })
    .await
}

/// Writes the note, and gives the token that reads it.
async fn note(target: &Target, browser: &mut Browser) -> Result<String, Verdict> {
    let request = target.request().set("scope", "profile notes:read notes:write");
    let writer = target.code_for(browser, &request, target.user()?).await?;
    let writer = target.tokens_for(&target.redeem(&writer)).await?.access_token;
    let written = Request::form(target.url("/api/notes"), &[("text", NOTE)]);
    target.http.send(written.bearer(&writer)).await?.must_be(201)?;
    Ok(writer)
}

async fn is_there(target: &Target, writer: &str) -> Outcome {
    let notes = target.http.send(Request::get(target.url("/api/notes")).bearer(writer)).await?;
    notes.must(notes.status == 200 && notes.body.contains(NOTE), "the note that was written")?;
    Ok(())
}

rule!(
    Check::server("R8.2", "a note that was acknowledged is there, in a store that was emptied, too")
        .lab_rule("lab rule", "While the servers run, somebody empties Redis. After a new login a note is written with 201, and then it is in the list.")
        .why("Whoever hears 201 believes that it was kept.")
        .needs(Kind::Redis)
        .run(|target| Box::pin(emptied(target)))
);
async fn emptied(target: Target) -> Outcome {
    on_a(&target, Kind::Redis, async |two| {
        let one = &two.one;
        let old = note(one, &mut one.browser()).await?;
        let emptied = two.engine.empty();
        emptied.map_err(|why| Verdict::failed("empty the store", "an empty store", why))?;
        // Nobody is known any more.
        one.me(&old).await?.must_be_bearer_error(401, Some("invalid_token"))?;
        let new = note(one, &mut one.browser()).await?;
        is_there(one, &new).await
    })
    .await
}
