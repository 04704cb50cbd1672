//! Nobody asks the user: `silent-authorization` and `framing`.

use crate::attack::Cell::Succeeds;
use crate::attack::Who::{Attacker, Server, Victim};
use crate::attack::{Attack, Ending, Step};
use crate::callback::Callback;
use crate::scene::Scene;
use kit::flow::Grant;
use kit::{Answer, Request, Verdict};

pub static SILENT_AUTHORIZATION: Attack = Attack {
    name: "silent-authorization",
    title: "Another application gets the victim's code without a question",
    story: "The attacker has registered an application of his own, demo-other. \
            The victim is logged in at the server and opens a page of his. One redirect later, his application has a code for her, and she has seen nothing.",
    steps: &[
        Step(Victim, Server, "logs in for the honest client"),
        Step(Attacker, Victim, "a page that sends her browser to /authorize?client_id=demo-other…"),
        Step(Server, Attacker, "a code for user0, delivered to http://127.0.0.1:5666/callback"),
    ],
    section: "OAuth 2.1 §7.3",
    cells: &[(1, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(silent_authorization(scene)),
};

pub static FRAMING: Attack = Attack {
    name: "framing",
    title: "The login page inside a page of the attacker",
    story: "The attacker puts the server's page into a frame, invisible, above a page of his own. \
            The victim believes that she clicks on his page, and clicks on the server's.",
    steps: &[
        Step(Attacker, Victim, "a page with <iframe src=\".../login\">"),
        Step(
            Victim,
            Server,
            "her browser loads the login page in the frame, because nothing forbids it",
        ),
    ],
    section: "RFC 9700 §4.16",
    cells: &[(1, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(framing(scene)),
};

async fn silent_authorization(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The victim uses the honest client");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;

    scene.heading("The attack");
    scene.aside("V opens a page of A. It sends her browser to S, in the name of A's application demo-other.");
    let evil = scene.target.other()?.clone();
    let request = scene.target.authorization_request(&evil);
    let answer = victim.browser.get(request.url()).await?;
    let asks = answer.status == 200 && answer.location().is_none();
    if asks {
        scene.tell(victim.who, &answer, "S asks V before it answers.");
        answer.must_be_page(200)?;
        return Ok(Ending::stopped("consent", "S shows a page and gives no code."));
    }
    scene.tell(
        victim.who,
        &answer,
        "S knows V, asks nothing, and sends her browser on with a code for A's application.",
    );
    let code =
        answer.location_param("code").ok_or_else(|| answer.fail("a redirect with a code"))?;
    let owner = scene.owner_of(&code).await?;
    let there = Callback {
        url: answer.location().unwrap_or_default(),
        code: code.clone(),
        answer: answer.clone(),
    };
    let grant = Grant {
        app: evil,
        code,
        redirect_uri: request.redirect_uri.clone(),
        code_verifier: request.code_verifier.clone(),
        answer,
    };
    spend(&scene, &grant, &there, &owner).await
}

/// What the code is worth to its receiver.
async fn spend(
    scene: &Scene,
    grant: &Grant,
    there: &Callback,
    owner: &str,
) -> Result<Ending, Verdict> {
    let site = there.url.split('?').next().unwrap_or_default();
    if scene.version() < 4 {
        return Ok(Ending::succeeded(format!(
            "A's site ({site}) has a code for {owner}, and {owner} was never asked."
        )));
    }
    let redeem = scene.target.redeem(grant).http();
    let answer = scene
        .send(Attacker, redeem, "A's application redeems the code with its own secret.")
        .await?;
    answer.must_be(200)?;
    let token =
        answer.json().unwrap_or_default()["access_token"].as_str().unwrap_or_default().to_owned();
    if scene.version() < 5 {
        return Ok(Ending::succeeded(format!(
            "A's application holds an access token for {owner}, who was never asked."
        )));
    }
    let request = Request::get(scene.target.url("/api/me")).bearer(&token);
    let me = scene
        .send(Attacker, request, "The API answers A's application as if V had agreed.")
        .await?;
    me.must(
        me.status == 200 && me.json().unwrap_or_default()["sub"] == owner,
        "the victim's data",
    )?;
    Ok(Ending::succeeded(format!(
        "A's application reads {owner}'s data, and {owner} was never asked."
    )))
}

async fn framing(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The attack");
    scene.aside("V opens a page of A that holds <iframe src=\"S/login\">.");
    let mut victim = scene.victim()?;
    let page = victim
        .get(
            scene.target.url("/login"),
            "Her browser asks S for the page in the frame, and looks at its headers.",
        )
        .await?;
    page.must_be_page(200)?;
    let asked = victim.ask_client().await?;
    let waiting = victim.browser.get(asked).await?;
    let with_ticket = victim.browser.follow(&waiting).await?;
    scene.tell(
        victim.who,
        &with_ticket,
        "The same page with a waiting request: the headers are the same.",
    );
    with_ticket.must_be_page(200)?;
    match (forbids_framing(&page), forbids_framing(&with_ticket)) {
        (Some(rule), Some(_)) => {
            Ok(Ending::stopped(rule.clone(), format!("The answer says: {rule}")))
        }
        _ => Ok(Ending::succeeded(
            "Neither X-Frame-Options nor frame-ancestors stands in the answer. A browser shows the page in A's frame \
             (`cargo test` shows it in a real one).",
        )),
    }
}

/// The header that keeps a browser from showing this page in a frame of another site (CSP 3 §6.4.2, RFC 7034).
fn forbids_framing(page: &Answer) -> Option<String> {
    let csp = page.all("content-security-policy").find(|policy| policy.contains("frame-ancestors"));
    if let Some(policy) = csp {
        let directive =
            policy.split(';').map(str::trim).find(|part| part.starts_with("frame-ancestors"));
        return directive.filter(|part| !part.contains('*')).map(str::to_owned);
    }
    let value = page.header("x-frame-options")?.to_ascii_uppercase();
    matches!(value.as_str(), "DENY" | "SAMEORIGIN").then(|| format!("X-Frame-Options: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(headers: &[(&str, &str)]) -> Answer {
        Answer {
            request: Request::get("http://localhost/login"),
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: String::new(),
            story: Vec::new(),
        }
    }

    #[test]
    fn frames_are_judged_as_a_browser_judges_them() {
        let forbidden = [
            &[("x-frame-options", "DENY")][..],
            &[("x-frame-options", "sameorigin")],
            &[("content-security-policy", "default-src 'none'; frame-ancestors 'none'")],
            // The newer header wins (CSP 3 §6.4.2).
            &[
                ("x-frame-options", "nonsense"),
                ("content-security-policy", "frame-ancestors 'self'"),
            ],
        ];
        for headers in forbidden {
            assert!(forbids_framing(&page(headers)).is_some(), "{headers:?}");
        }
        let allowed = [
            &[][..],
            &[("x-frame-options", "ALLOW-FROM http://a")],
            &[("content-security-policy", "default-src 'none'")],
            &[
                ("x-frame-options", "DENY"),
                ("content-security-policy", "frame-ancestors *"),
            ],
        ];
        for headers in allowed {
            assert!(forbids_framing(&page(headers)).is_none(), "{headers:?}");
        }
    }
}
