//! A callback behind a link: `login-csrf`, `planted-callback-without-state`, `cookie-planting`.

use crate::attack::{Attack, Cell};
use crate::scene::Scene;
use crate::stage::page::{Page, escape};
use crate::stage::state::Stage;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use kit::Verdict;
use kit::encoding::host;

/// The attacker logs in, stops at his callback, and makes a link of it.
pub async fn page(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    let version = stage.target.version;
    let scene = Scene::new(stage.target.clone());
    let his = scene.attacker()?.start().await?;
    let link = match attack.name {
        "login-csrf" => his.url.clone(),
        _ => his.without_state(),
    };
    Ok(Page::new(attack, version)
        .heading("What the attacker has just done")
        .tale(&scene)
        .text("He has not opened that last address. His code waits in it, unused. Each reload of this page makes a new one.")
        .heading("What you do")
        .list(&first_use(stage)?)
        .html(format!("<p><a class=\"bait\" id=\"bait\" href=\"{}\">See the pictures of last night</a></p>", escape(&link)))
        .heading("What to look at")
        .list(&to_look_at(stage, attack))
        .end(attack, version))
}

fn first_use(stage: &Stage) -> Result<Vec<String>, Verdict> {
    let client = stage.target.client.clone().unwrap_or_default();
    Ok(vec![
        format!("If you like, use the client as yourself first: `{client}/`, as `user0`."),
        "Then click what the attacker has put here for you:".to_owned(),
    ])
}

fn to_look_at(stage: &Stage, attack: &Attack) -> Vec<String> {
    let (server, client) = (&stage.target.server, stage.target.client.clone().unwrap_or_default());
    match (attack.cell(stage.target.version), stage.target.version) {
        (Cell::Succeeds, 1..=3) => vec![
            "The blue page takes the code, and shows no sign that it is not yours.".to_owned(),
            format!(
                "Look for that code in `{server}/debug/state`: its `user_id` is `user1`. A real application would now take you for him: whatever you enter lands in his account."
            ),
        ],
        (Cell::Succeeds, 4) => vec![format!(
            "The blue page holds a token. Look for it in `{server}/debug/state`: its `user_id` is `user1`. You are `user0`."
        )],
        (Cell::Succeeds, _) => vec![format!(
            "The blue page holds a token. Ask the API whose it is, at `{client}/profile`: it says `user1`. You are `user0`."
        )],
        _ => vec![
            "The blue page refuses: the answer does not belong to a request of this browser."
                .to_owned(),
            format!(
                "In `{server}/debug/state` the code is still there, and `used` is `false`: the client sent nothing to the server."
            ),
        ],
    }
}

/// What the attacker plants, and from which host he can.
pub async fn cookie_page(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    let version = stage.target.version;
    let page = Page::new(attack, version).heading("What you do").list(&[
        format!("Open this site as `http://localhost:{}/cookie-planting`: from there its cookies are for the host `localhost`, and so for the client.", stage.port),
        "Click what the attacker has put here for you:".to_owned(),
    ]);
    Ok(page
        .html(format!("<p><a class=\"bait\" id=\"bait\" href=\"http://localhost:{}/plant\">See the pictures of last night</a></p>", stage.port))
        .heading("What to look at")
        .list(&to_look_at(stage, attack))
        .text("state did not help: the attacker brought the session that it belongs to.")
        .end(attack, version))
}

/// Plants the attacker's client session in the victim's browser and sends it to his callback.
pub async fn plant(stage: &Stage) -> Result<Response, Verdict> {
    let scene = Scene::new(stage.target.clone());
    let mut attacker = scene.attacker()?;
    let his = attacker.start().await?;
    let here = host(&scene.client("/")?).to_owned();
    let Some(session) = attacker.browser.cookie(&here, "lab_client") else {
        return Ok("The client of this version has no session: there is no cookie to plant.\n"
            .into_response());
    };
    let cookie = format!("lab_client={session}; Path=/; SameSite=Lax");
    let headers = [
        (SET_COOKIE, cookie),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Redirect::to(&his.url)).into_response())
}
