//! `307-after-login`: the redirect after the login hands the password to the client.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server, Victim};
use kit::Verdict;
use kit::flow::credentials;
use kit::html::login_form;
use kit::ladder::Capability;

attack!(Attack {
    name: "307-after-login",
    title: "The redirect after the login hands the password to the client",
    story: "The victim logs in at the server for an application of the attacker. \
            If the server answered with 307, her browser would send the same POST again, password included, to that application.",
    steps: &[
        Step(Attacker, Victim, "a link to /authorize?client_id=demo-other…"),
        Step(Victim, Server, "POST /login with her password"),
        Step(Victim, Attacker, "with 307: the same POST again; with 303: a GET without a body"),
    ],
    section: "RFC 9700 §4.12",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[Guard::since(Capability::AuthorizationCode)
        .line("server/login.rs", "// 303, so that the browser does not send the password on (RFC 9700 §4.12).")
        .that("Redirect::to, here and in authorize.rs, is 303: the browser goes on with GET and leaves the form behind.")],
    run: |scene| Box::pin(redirect_307(scene)),
});

async fn redirect_307(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = scene.victim()?;
    let evil = scene.target.other()?.clone();
    let request = scene.target.authorization_request(&evil);
    if scene.target.has(Capability::Consent) {
        scene.aside("V has allowed A's application before, so the login leads straight to it.");
        scene.target.code_for(&mut scene.target.browser(), &request, &victim.user).await?;
    }
    scene.heading("The attack");
    let asked = victim
        .get(request.url(), "V follows a link of A: an honest looking request of his application.")
        .await?;
    let page = victim.browser.follow(&asked).await?;
    scene.tell(victim.who, &page, "The true login page of S. V trusts it, and she is right.");
    let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
    let answer = victim.browser.submit(&page, &form, &credentials(&victim.user)).await?;
    scene.tell(victim.who, &answer, "Everything hangs on this status.");
    let answer = scene.target.onward(&mut victim.browser, &request, answer).await?;
    let there = answer.location().unwrap_or_default();
    let to_evil = kit::answer::leads_to(&there, &request.redirect_uri);
    answer
        .must(answer.is_redirect() && to_evil, "a redirect to the application of the attacker")?;
    match answer.status {
        307 | 308 => Ok(Ending::succeeded(format!(
            "{}: the browser repeats POST with username and password to {}",
            answer.status, request.redirect_uri
        ))),
        _ => {
            answer.must_be(303)?;
            scene.aside(format!("The browser goes on with GET {}: the code is in the address, the password is nowhere.", request.redirect_uri));
            let code = answer.location_param("code").unwrap_or_default();
            answer.must(
                !code.is_empty() && !there.contains(&victim.user.password),
                "a code, and no password",
            )?;
            Ok(Ending::stopped(
                "status 303",
                "The login worked, and its answer was 303 See Other: the next request is a GET without a body.",
            ))
        }
    }
}
