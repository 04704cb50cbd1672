//! R8.2: what was promised holds after the process has died.

use crate::server::r8::two::on_each;
use crate::{Check, rule};
use kit::{Outcome, Request, Target};

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
        let request = one.request().set("scope", "profile notes:read notes:write");
        let writer = one.code_for(&mut browser, &request, user).await?;
        let writer = one.tokens_for(&one.redeem(&writer)).await?;
        let written = Request::form(one.url("/api/notes"), &[("text", NOTE)]);
        one.http.send(written.bearer(&writer.access_token)).await?.must_be(201)?;
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
        let notes = Request::get(one.url("/api/notes")).bearer(&writer.access_token);
        let notes = one.http.send(notes).await?;
        notes.must(notes.status == 200 && notes.body.contains(NOTE), "the note from before")?;
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
