//! `refresh-theft`: a refresh token that is used beside its owner.

use std::sync::PoisonError;

use crate::attack::{Attack, Cell};
use crate::find;
use crate::scene::Scene;
use crate::stage::page::Page;
use crate::stage::state::Stage;
use crate::support::replay::access_token;
use crate::who::Who::Attacker;
use kit::{Request, Verdict};

/// The page with its two buttons.
pub async fn page(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    buttons(stage, attack, Page::new(attack, stage.target.version))
}

fn buttons(stage: &Stage, attack: &Attack, page: Page) -> Result<String, Verdict> {
    let version = stage.target.version;
    if attack.cell(version) == Cell::NotYet {
        return Ok(page.text("There are no refresh tokens in this version.").end(attack, version));
    }
    let client = stage.target.client.clone().unwrap_or_default();
    Ok(page
        .heading("What you do")
        .list(&[
            format!("Log in at the client, `{client}/`, as `user0`. Its page shows a few characters of your refresh token."),
            "Let the attacker steal it (the client's `/debug/state` stands for a leaked log; the client's secret he has from there, too).".to_owned(),
            "Let him use it. Then press \"Refresh now\" on the client's page; in half an hour the client would do it by itself. Your login is over, and the page says so.".to_owned(),
            "Let him use his new token, too: it was thrown out with yours.".to_owned(),
        ])
        .html("<form method=\"post\" action=\"/steal\"><button id=\"steal\">The attacker steals the refresh token</button></form>")
        .html("<form method=\"post\" action=\"/use\"><button id=\"use\">The attacker uses what he has</button></form>")
        .heading("What to look at")
        .list(&[
            "Whoever comes second with a used token is refused, and the first is thrown out with him.".to_owned(),
            format!("In `{}/debug/state` the row of this login in `grants` says `revoked`, and with it all its tokens are dead.", stage.target.server),
        ])
        .end(attack, version))
}

fn this(stage: &Stage) -> &'static Attack {
    find("refresh-theft").unwrap_or(stage.attack)
}

/// Reads the newest refresh token out of the client's memory.
pub async fn steal(stage: &Stage) -> Result<String, Verdict> {
    let scene = Scene::new(stage.target.clone());
    let page =
        Page::new(this(stage), stage.target.version).heading("What the attacker has just done");
    let url = scene.client("/debug/state?format=json")?;
    let state =
        scene.send(Attacker, Request::get(url), "He reads what the client has stored.").await?;
    let tokens = state.json().unwrap_or_default()["storage"]["tokens"].take();
    let rows = tokens
        .as_object()
        .map(|rows| rows.values().cloned().collect::<Vec<_>>())
        .unwrap_or_default();
    // The newest is listed first.
    let token = rows.first().and_then(|row| row["refresh_token"].as_str()).map(str::to_owned);
    scene.aside(match &token {
        Some(_) => "He has a refresh token now.",
        None => "There is none. Log in at the client first.",
    });
    stage.loot.lock().unwrap_or_else(PoisonError::into_inner).refresh_token = token;
    buttons(stage, this(stage), page.tale(&scene))
}

/// Renews with the stolen token, and tries the access token that he has.
pub async fn spend(stage: &Stage) -> Result<String, Verdict> {
    let scene = Scene::new(stage.target.clone());
    let page =
        Page::new(this(stage), stage.target.version).heading("What the attacker has just done");
    let mut loot = stage.loot.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match loot.refresh_token.clone() {
        None => scene.aside("He has no refresh token yet."),
        Some(token) => {
            let request = stage.target.refresh(&stage.target.demo, &token).http();
            let answer =
                scene.send(Attacker, request, "He renews with the token that he has.").await?;
            if answer.status == 200 {
                let json = answer.json().unwrap_or_default();
                loot.refresh_token = json["refresh_token"].as_str().map(str::to_owned);
                loot.access_token = Some(access_token(&answer));
            }
        }
    }
    if let Some(token) = &loot.access_token {
        let request = Request::get(stage.target.url("/api/me")).bearer(token);
        scene
            .send(Attacker, request, "And asks the API with the newest access token that he got.")
            .await?;
    }
    *stage.loot.lock().unwrap_or_else(PoisonError::into_inner) = loot;
    buttons(stage, this(stage), page.tale(&scene))
}
