//! `scope-upgrade-at-refresh`: more at the refresh than the victim has allowed.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::scene::Scene;
use crate::support::consent::{allowed, form, his_request, unasked};
use crate::support::refresh::turn;
use crate::support::replay::access_token;
use crate::support::{missing, notes};
use crate::who::Who::{Attacker, Server, Victim};
use kit::encoding::origin;
use kit::flow::Tokens;
use kit::ladder::Capability;
use kit::target::App;
use kit::{Request, Verdict};

attack!(Attack {
    name: "scope-upgrade-at-refresh",
    title: "More at the refresh than the victim has allowed",
    story: "The attacker's application asks for the victim's name and for her notes. She unticks the notes. \
            Nobody is asked at a refresh, so there he asks again: for the notes that she has refused him, and for more than that.",
    steps: &[
        Step(Victim, Server, "allows demo-other profile, and unticks notes:read"),
        Step(Attacker, Server, "POST /token with its refresh token and scope=profile notes:read"),
        Step(Attacker, Server, "the same with scope=profile admin, and with notes:write"),
        Step(Attacker, Server, "the same without scope: works, for profile"),
    ],
    section: "RFC 6749 §6",
    cells: &[(Capability::Scopes, Stopped)],
    guards: &[
        Guard::since(Capability::Scopes)
            .line("server/refresh.rs", "Ok(Some(scope)) if scope.is_within(granted) => Ok(scope.clone()),")
            .that("A refresh gets what the user granted, or a part of that. What the client is registered for doesn't count here."),
    ],
    run: |scene| Box::pin(scope_upgrade(scene)),
});

async fn scope_upgrade(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Scopes) {
        return missing::scopes_at_refresh(&scene).await;
    }
    let scene = unasked(&scene).await?;
    scene.heading("The victim allows a part of what is asked for");
    let his = narrowed(&scene).await?;
    let app = scene.target.other()?.clone();
    let refresh_token = his.refresh_token()?;

    scene.heading("The attack");
    let tries = [
        ("profile notes:read", "demo-other is registered for notes:read. But V has said no."),
        ("profile admin", "For admin, which it isn't even registered for."),
        ("notes:write", "For something else in place of what he has."),
    ];
    for (scope, meaning) in tries {
        let wider = scene.target.refresh(&app, refresh_token).set("scope", scope).http();
        let answer = scene.send(Attacker, wider, meaning).await?;
        if answer.status == 200 {
            let got = answer.json().unwrap_or_default()["scope"].take();
            return Ok(Ending::succeeded(format!(
                "A has a token for {got}. V was not asked, and has refused him a part of it."
            )));
        }
        answer.must_be_oauth_error(400, "invalid_scope")?;
    }
    still_good(&scene, &app, refresh_token).await
}

/// V unticks her notes, and A's application gets tokens for the rest.
async fn narrowed(scene: &Scene) -> Result<Tokens, Verdict> {
    let mut victim = scene.victim()?;
    let request = his_request(scene)?;
    let page = victim.until_asked(&request).await?;
    let mut ticked = allowed(&form(&page)?);
    ticked.retain(|pair| pair.0 != "scope:notes:read");
    let post = Request::form(scene.target.url("/consent"), &ticked)
        .header("Origin", origin(&scene.target.server));
    let meaning = "V unticks \"Read your notes.\" and allows the rest.";
    let answer = victim.send(post, meaning).await?;
    let there = Callback::of(&answer).ok_or_else(|| answer.fail("a redirect with a code"))?;
    let redeem = scene.target.redeem(&there.grant(&request));
    let tokens = scene.target.tokens_for(&redeem).await?;
    scene.tell(
        Attacker,
        &tokens.answer,
        "A's application gets a token for profile, and a refresh token R.",
    );
    tokens.answer.must(tokens.json["scope"] == "profile", "\"scope\": \"profile\"")?;
    Ok(tokens)
}

/// A refusal costs nothing: R still works, for what V has allowed.
async fn still_good(scene: &Scene, app: &App, refresh_token: &str) -> Result<Ending, Verdict> {
    scene.heading("The honest refresh");
    let meaning = "Without scope R still works: a wrong wish does not end the login.";
    let renewed = turn(scene, Attacker, app, refresh_token, meaning).await?;
    renewed.must_be(200)?;
    let token = access_token(&renewed);
    let meaning = "The new token is no better than the old one: no notes.";
    let notes = notes::read(scene, Attacker, &token, meaning).await?;
    if notes.status == 200 {
        return Ok(Ending::succeeded("A plain refresh gave A the notes that V has refused him."));
    }
    notes.must_be_bearer_error(403, Some("insufficient_scope"))?;
    let me = Request::get(scene.target.url("/api/me")).bearer(&token);
    scene.send(Attacker, me, "Her name he may still see.").await?.must_be(200)?;
    Ok(Ending::stopped(
        "the scope that the user granted",
        "Three times 400 invalid_scope. R is unharmed and renews what V has allowed: her name, and no note.",
    ))
}
