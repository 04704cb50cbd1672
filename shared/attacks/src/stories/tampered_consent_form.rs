//! `tampered-consent-form`: a consent form that comes back with more than was in it.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::support::consent::{allowed, form, with};
use crate::support::missing;
use crate::support::redirects::EVIL;
use crate::who::Who::{Attacker, Server};
use kit::answer::leads_to;
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::{Request, Verdict};
use serde_json::Value;

/// What is changed: the field, its value, and what it is for.
const EDITS: [(&str, &str, &str); 7] = [
    ("scope:admin", "on", "One more tick, for a power that was not asked for."),
    ("scope:notes:read", "on", "One that this app is registered for, but didn't ask for."),
    ("scope", "profile notes:read admin", "The same, as a parameter of /authorize."),
    ("client_id", "demo-client", "Another client: one that may do more."),
    ("redirect_uri", EVIL, "Another address: A's own."),
    ("user_id", "user0", "Another user: V."),
    ("username", "user0", "The same by the name that the login form uses."),
];

attack!(Attack {
    name: "tampered-consent-form",
    title: "A consent form that comes back with more than was in it",
    story: "The consent form passes through the attacker's own browser, and there he edits it before he sends it: one more tick, another client, another address, the victim as the user. \
            A server that believes such a form gives him a code for her account, and with it her notes.",
    steps: &[
        Step(Attacker, Server, "logs in as himself and opens a consent page"),
        Step(
            Attacker,
            Server,
            "POST /consent with fields added: scope:admin, client_id, redirect_uri, user_id"
        ),
        Step(Server, Attacker, "what was asked for, for him: the fields mean nothing"),
    ],
    section: "RFC 6749 §10.2",
    cells: &[(Capability::Consent, Stopped)],
    guards: &[
        Guard::since(Capability::Consent)
            .line("server/consent.rs", "asked.scope.only(|name| allowed && ticked(name));")
            .that("What was asked for is in the server's own row. A tick can only leave it there, and a missing one takes it away."),
        Guard::since(Capability::Consent)
            .line("server/consent.rs", "login::answer(&app, ticket, &granted, &question.user_id)")
            .that("Client and address are those of the row, the user is the one who was asked. None of them is read from the form."),
    ],
    run: |scene| Box::pin(tampered_consent_form(scene)),
});

async fn tampered_consent_form(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Consent) {
        return missing::consent(&scene).await;
    }
    let mut attacker = scene.attacker()?;
    scene.heading("The form as it is");
    attacker.log_in().await?;
    let honest = "The form as the page has it: A's own account, and no more than profile.";
    if let Some(ending) = answer(&scene, &mut attacker, None, honest).await? {
        return Ok(ending);
    }
    scene.heading("The attack");
    scene.aside("demo-public has no secret, so S asks about it each time. Each try below is a new question, and one field of its form is changed or added.");
    for (name, value, meaning) in EDITS {
        if let Some(ending) = answer(&scene, &mut attacker, Some((name, value)), meaning).await? {
            return Ok(ending);
        }
    }
    Ok(Ending::stopped(
        "a row of its own",
        format!(
            "{} edited forms, and each time the same as with the honest one: a token for user1, for demo-public, for profile, delivered to the registered address.",
            EDITS.len()
        ),
    ))
}

/// Sends the form, edited or not, and asks the API what came of it. The ending, if it is more than was asked for.
async fn answer(
    scene: &Scene,
    attacker: &mut Person,
    edit: Option<(&str, &str)>,
    meaning: &str,
) -> Result<Option<Ending>, Verdict> {
    let request =
        scene.target.authorization_request(scene.target.public()?).set("scope", "profile");
    let walk = scene.target.path().stopping_at(&request.redirect_uri).without_consent();
    let page = walk.open(&mut attacker.browser, &request.url()).await?;
    let mut pairs = allowed(&form(&page)?);
    if let Some((name, value)) = edit {
        pairs = with(pairs, name, value);
    }
    let post = Request::form(scene.target.url("/consent"), &pairs)
        .header("Origin", origin(&scene.target.server));
    let answer = attacker.send(post, meaning).await?;
    let there = Callback::of(&answer).ok_or_else(|| answer.fail("a redirect with a code"))?;
    if !leads_to(&there.url, &request.redirect_uri) {
        let site = there.url.split('?').next().unwrap_or_default();
        return Ok(Some(Ending::succeeded(format!(
            "The code went to {site}, where A told it to go."
        ))));
    }
    let redeem = scene.target.redeem(&there.grant(&request));
    let tokens = scene.target.tokens_for(&redeem).await?;
    let me = Request::get(scene.target.url("/api/me")).bearer(&tokens.access_token);
    let me = scene.target.http.send(me).await?;
    let got = me.must_be(200)?.json().unwrap_or_default();
    let more = more(&got, &attacker.user.username);
    let meaning = match more {
        Some(_) => "The API says what has become of it.",
        None => "A's own account, the app that asked, and profile.",
    };
    scene.tell(Attacker, &me, meaning);
    Ok(more.map(Ending::succeeded))
}

/// Is that more than he asked for in his own name?
fn more(got: &Value, own: &str) -> Option<String> {
    if got["sub"] != own {
        return Some(format!(
            "A, who is {own}, holds a token of {}: her notes are his.",
            got["sub"]
        ));
    }
    let (client_id, scope) = (&got["client_id"], &got["scope"]);
    let same = client_id == "demo-public" && scope == "profile";
    (!same)
        .then(|| format!("A holds a token of {client_id} for {scope}. He had asked for profile."))
}
