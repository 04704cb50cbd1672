//! `over-privileged-token`: an application that shows a name tries to do more with its token.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::consent::unasked;
use crate::support::{missing, notes};
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

/// What A would write in V's name.
const HIS_TEXT: &str = "I lost my key, please leave the door open tonight.";

/// What V writes by herself.
const HER_TEXT: &str = "Feed the cat.";

attack!(Attack {
    name: "over-privileged-token",
    title: "A token for a name, used to write in that name",
    story: "The victim lets the attacker's application see her name, and nothing else. With its token he tries to write a note in her name, and to read what she has written. \
            Without scopes every token can do all that its user can: whoever gets to show a name gets to write in it.",
    steps: &[
        Step(Victim, Server, "lets an application see who she is: scope=profile"),
        Step(Attacker, Server, "POST /api/notes with the token of that application"),
        Step(Attacker, Server, "GET /api/notes and GET /api/admin/users with it"),
        Step(
            Client,
            Server,
            "POST /api/notes with a token of a client that she has allowed to write: works"
        ),
    ],
    section: "RFC 9700 §2.3",
    cells: &[(Capability::Scopes, Stopped)],
    guards: &[Guard::since(Capability::Scopes)
        .line("server/api.rs", "if !row.scope.contains(needed) {")
        .that("A good token is not enough: it must have the scope that this resource needs."),],
    run: |scene| Box::pin(over_privileged_token(scene)),
});

async fn over_privileged_token(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Scopes) {
        return missing::notes(&scene).await;
    }
    let scene = unasked(&scene).await?;
    scene.heading("The victim lets an application see her name");
    let mut victim = scene.victim()?;
    let request = scene.target.authorization_request(scene.target.other()?).set("scope", "profile");
    let callback = victim.authorize(&request.url(), &request.redirect_uri).await?;
    let token = notes::redeem(&scene, &callback.grant(&request)).await?;
    let me = Request::get(scene.target.url("/api/me")).bearer(&token);
    let meaning = "It may see who she is: that is what she has allowed.";
    scene.send(Attacker, me, meaning).await?.must_be(200)?;

    scene.heading("The attack");
    let meaning = "A writes a note. If it is taken, it is a note of V.";
    let written = notes::write(&scene, Attacker, &token, HIS_TEXT, meaning).await?;
    let read = notes::read(&scene, Attacker, &token, "He tries to read hers.").await?;
    let users = Request::get(scene.target.url("/api/admin/users")).bearer(&token);
    let users = scene.send(Attacker, users, "And asks who else is here.").await?;
    if written.status == 201 {
        return Ok(Ending::succeeded(format!(
            "With a token for her name A has written in her name: \"{HIS_TEXT}\""
        )));
    }
    if read.status == 200 {
        let first = notes::texts(&read).into_iter().next().unwrap_or_default();
        return Ok(Ending::succeeded(format!("With a token for her name A reads: \"{first}\"")));
    }
    refused(&written, "notes:write")?;
    refused(&read, "notes:read")?;
    refused(&users, "admin")?;
    allowed(&scene).await?;
    Ok(Ending::stopped(
        "the scope of the token",
        "Three times 403 insufficient_scope, and each refusal says which scope is missing. The token of the client that V has allowed to write does write, and A's note is not among hers.",
    ))
}

/// The token is good, but not for this, and the refusal names what is missing (RFC 6750 §3.1).
fn refused(answer: &Answer, scope: &str) -> Result<(), Verdict> {
    answer.must_be_bearer_error(403, Some("insufficient_scope"))?;
    let challenge = answer.challenge("Bearer").unwrap_or_default();
    let named = challenge.contains(&format!("scope=\"{scope}\""));
    answer.must(named, format!("a challenge with scope=\"{scope}\"")).map(|_| ())
}

/// A client that she has allowed to write does write.
async fn allowed(scene: &Scene) -> Result<(), Verdict> {
    scene.heading("A client that she has allowed to write");
    let mut victim = scene.victim()?;
    let request = scene.target.request().set("scope", "notes:read notes:write");
    let callback = victim.authorize(&request.url(), &request.redirect_uri).await?;
    let tokens = scene.target.tokens_for(&scene.target.redeem(&callback.grant(&request))).await?;
    let token = &tokens.access_token;
    let meaning = "C writes a note for V: this token has notes:write.";
    notes::write(scene, Client, token, HER_TEXT, meaning).await?.must_be(201)?;
    let meaning = "Hers is there, his is not.";
    let hers = notes::read(scene, Client, token, meaning).await?;
    let texts = notes::texts(&hers);
    let has = |text: &str| texts.iter().any(|note| note == text);
    hers.must(has(HER_TEXT) && !has(HIS_TEXT), "the victim's notes, without the attacker's")?;
    Ok(())
}
