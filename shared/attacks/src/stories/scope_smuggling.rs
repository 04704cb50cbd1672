//! `scope-smuggling`: a scope that is written so that it slips through.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::support::missing;
use crate::support::replay::access_token;
use crate::who::Who::{Attacker, Server, Victim};
use kit::flow::Grant;
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

attack!(Attack {
    name: "scope-smuggling",
    title: "A scope that is written so that it slips through",
    story: "The attacker's application is registered for profile and notes:read. He writes admin and notes:write into its requests in ways that one part of a server might read otherwise than another: double blanks, a tab, another case, a look-alike letter, the parameter twice. \
            Where the page that asks and the token differ in what they read, the victim agrees to her name and gives away her pen.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "links to /authorize?client_id=demo-other whose scope is written strangely"
        ),
        Step(Victim, Server, "opens them while she is logged in"),
        Step(Server, Victim, "an error each time; or, where the trick is no scope at all, profile"),
    ],
    section: "RFC 6749 §3.3",
    cells: &[(Capability::Scopes, Stopped)],
    guards: &[
        Guard::since(Capability::Scopes)
            .line("server/scope.rs", "let names: Vec<&str> = text.split(' ').collect();")
            .that("There is one reading: names with one space between them."),
        Guard::since(Capability::Scopes)
            .line("server/scope.rs", "if !names.iter().all(|name| is_scope_token(name)) {")
            .that("A name is printable ASCII without quotes. No tab, no look-alike, no empty name between two blanks."),
        Guard::since(Capability::Scopes)
            .line("server/scope.rs", "if names.iter().any(|name| !known.clone().any(|known| known == *name)) {")
            .that("It must be a known name, byte for byte."),
        Guard::since(Capability::Scopes)
            .line("server/scope.rs", "match scope.is_within(&client.allowed_scopes) {")
            .that("And one that this client is registered for."),
    ],
    run: |scene| Box::pin(scope_smuggling(scene)),
});

/// What is wrong, what is added to the query, and the error that it earns.
const REFUSED: [(&str, &str, &str); 17] = [
    (
        "No trick: demo-other is not registered for admin.",
        "scope=profile%20admin",
        "invalid_scope",
    ),
    ("The blank as a plus.", "scope=profile+admin", "invalid_scope"),
    ("A letter of admin, encoded.", "scope=profile+%61dmin", "invalid_scope"),
    ("Encoded twice.", "scope=profile+%2561dmin", "invalid_scope"),
    ("Two blanks.", "scope=profile++admin", "invalid_scope"),
    ("A blank in front.", "scope=+admin", "invalid_scope"),
    ("A tab.", "scope=profile%09admin", "invalid_request"),
    ("A line break.", "scope=profile%0Aadmin", "invalid_request"),
    ("A NUL: some languages stop reading there.", "scope=profile%00admin", "invalid_request"),
    ("A blank that is none: U+00A0.", "scope=profile%C2%A0admin", "invalid_scope"),
    ("A comma.", "scope=profile,admin", "invalid_scope"),
    ("Another case.", "scope=profile+Admin", "invalid_scope"),
    ("A Cyrillic а.", "scope=profile+%D0%B0dmin", "invalid_scope"),
    (
        "A wide a (U+FF41), which Unicode folds into a.",
        "scope=profile+%EF%BD%81dmin",
        "invalid_scope",
    ),
    (
        "A quote, for whoever writes it into a challenge.",
        "scope=profile%22admin",
        "invalid_scope",
    ),
    ("A wildcard.", "scope=notes:*", "invalid_scope"),
    ("The parameter twice.", "scope=profile&scope=admin", "invalid_request"),
];

/// These are other parameters, or the same set: they are answered with profile, and no more.
const HARMLESS: [(&str, &str); 4] = [
    (
        "An array, as some frameworks read it: an unknown parameter.",
        "scope=profile&scope[]=admin",
    ),
    ("The name in another case: an unknown parameter.", "scope=profile&Scope=admin"),
    ("Plural: an unknown parameter.", "scopes=admin"),
    ("The same name twice is the same set.", "scope=profile+profile"),
];

async fn scope_smuggling(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Scopes) {
        return missing::scopes(&scene).await;
    }
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    victim.log_in().await?;
    scene.heading("The attack");
    let request = scene.target.authorization_request(scene.target.other()?);
    for (trick, raw, error) in REFUSED {
        let meaning = format!("{trick} In the address: {raw}");
        let answer = victim.get(format!("{}&{raw}", request.url()), meaning).await?;
        let refused = answer.must_redirect_error(&request.redirect_uri, error);
        if refused.is_err() && answer.is_redirect() && answer.location_param("error").is_none() {
            return Ok(Ending::succeeded(format!("S goes along with {raw}.")));
        }
        refused?;
    }
    scene.heading("What is no scope, or the same");
    for (trick, raw) in HARMLESS {
        let grant = agreed(&scene, &mut victim, raw).await?;
        if let Some(ending) = worth(&scene, &grant, trick, raw).await? {
            return Ok(ending);
        }
    }
    scene.heading("Beside the code");
    let grant = agreed(&scene, &mut victim, "scope=profile").await?;
    let redeem = scene.target.redeem(&grant).set("scope", "profile admin").http();
    let meaning = "At the token endpoint no scope is read: it comes from what V has allowed.";
    let answer = scene.send(Attacker, redeem, meaning).await?;
    if let Some(ending) = judge(&answer, "scope=profile+admin at /token")? {
        return Ok(ending);
    }
    Ok(Ending::stopped(
        "one strict reading of scope",
        format!(
            "{} spellings refused. {} parameters that are no scope, and one at the token endpoint, brought profile and nothing else.",
            REFUSED.len(),
            HARMLESS.len()
        ),
    ))
}

/// V agrees to what the page shows her. None of it is told.
async fn agreed(scene: &Scene, victim: &mut Person, raw: &str) -> Result<Grant, Verdict> {
    let request = scene.target.authorization_request(scene.target.other()?);
    let walk = scene.target.path().stopping_at(&request.redirect_uri);
    let answer = walk.open(&mut victim.browser, &format!("{}&{raw}", request.url())).await?;
    let there = Callback::of(&answer);
    Ok(there.ok_or_else(|| answer.fail("a redirect with a code"))?.grant(&request))
}

/// What such a code brings.
async fn worth(
    scene: &Scene,
    grant: &Grant,
    trick: &str,
    raw: &str,
) -> Result<Option<Ending>, Verdict> {
    scene.aside(format!(
        "V opens a link with {raw}, and agrees to what the page shows her: her name."
    ));
    let answer = scene.send(Attacker, scene.target.redeem(grant).http(), trick).await?;
    if let Some(ending) = judge(&answer, raw)? {
        return Ok(Some(ending));
    }
    let token = access_token(&answer);
    let users = Request::get(scene.target.url("/api/admin/users")).bearer(&token);
    scene
        .target
        .http
        .send(users)
        .await?
        .must_be_bearer_error(403, Some("insufficient_scope"))?;
    Ok(None)
}

/// A token for profile and nothing else.
fn judge(answer: &Answer, raw: &str) -> Result<Option<Ending>, Verdict> {
    let json = answer.must_be(200)?.json().unwrap_or_default();
    let scope = json["scope"].as_str().unwrap_or("profile");
    Ok((scope != "profile")
        .then(|| Ending::succeeded(format!("{raw} brought a token for {scope}."))))
}
