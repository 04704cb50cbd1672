//! Where a code is left lying: `code-leak-referer` and `code-leak-history`.

use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::{Callback, Received};
use crate::person::Person;
use crate::scene::Scene;
use crate::stories::injection::{VERIFIER, inject};
use crate::tell::short_address;
use kit::{Answer, Request, Verdict};

/// After the callback the browser is sent on.
const CLEAN_ADDRESS: Guard = Guard {
    from: 4,
    until: None,
    file: "client/callback.rs",
    anchor: "Ok(Redirect::to(\"/\").into_response())",
    what: "The callback answers with a redirect, so the page on which the browser ends, and its history, hold neither code nor state.",
};

pub static CODE_LEAK_REFERER: Attack = Attack {
    name: "code-leak-referer",
    title: "The next page is told the code",
    story: "The callback page has the code in its address, and a link from it to another site carries that address along as Referer. \
            Today's browsers cut it down to the origin by themselves; older ones and some web views send it whole, unless the page asks them not to.",
    steps: &[
        Step(Victim, Client, "her browser ends on /callback?code=…"),
        Step(
            Victim,
            Server,
            "she follows a link to another origin; the request carries Referer: …/callback?code=…",
        ),
        Step(
            Attacker,
            Client,
            "reads the code in that site's log and delivers it in a flow of his own",
        ),
    ],
    section: "RFC 9700 §4.2",
    cells: &[(1, Stopped)],
    guards: &[
        Guard {
            from: 1,
            until: None,
            file: "shared/web/src/pages.rs",
            anchor: "(REFERRER_POLICY, \"same-origin\"),",
            what: "Every page forbids the browser to tell its address to another site.",
        },
        CLEAN_ADDRESS,
    ],
    run: |scene| Box::pin(referer(scene)),
};

pub static CODE_LEAK_HISTORY: Attack = Attack {
    name: "code-leak-history",
    title: "The browser's history keeps the code",
    story: "The browser ends on the callback address and keeps it in its history, and so does everything that records addresses. \
            Whoever sits at that machine later reads the code there and uses it, if it is still good.",
    steps: &[
        Step(Victim, Client, "her browser ends on /callback?code=… and she walks away"),
        Step(Attacker, Victim, "sits down at her machine and opens the history"),
        Step(Attacker, Client, "delivers the code in a flow of his own"),
    ],
    section: "RFC 9700 §4.3.1, OAuth 2.1 §2.3.6",
    cells: &[(1, Succeeds), (4, Stopped)],
    guards: &[CLEAN_ADDRESS, VERIFIER],
    run: |scene| Box::pin(history(scene)),
};

async fn arrive(scene: &Scene) -> Result<(Person, Callback, Received), Verdict> {
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    Ok((victim, hers, received))
}

async fn referer(scene: Scene) -> Result<Ending, Verdict> {
    let (mut victim, hers, received) = arrive(&scene).await?;
    scene.heading("The attack");
    let mut request = Request::get(scene.target.url("/"));
    let referer = referer_from(&received.page);
    if let Some(address) = &referer {
        request = request.header("Referer", address.clone());
    }
    let told = match &referer {
        Some(address) if address.contains(&hers.code) => {
            "V follows a link. S stands for any other site: its log now holds the address with the code."
        }
        Some(_) => "V follows a link. The address that goes along holds no code.",
        None => {
            "V follows a link. Her browser obeys the page, and does not say where she came from."
        }
    };
    victim.send(request, told).await?.must_be(200)?;
    if referer.is_some_and(|address| address.contains(&hers.code)) {
        scene.aside("A reads that log.");
        return injected(&scene, &hers).await;
    }
    let policy = received.answer.header("referrer-policy").unwrap_or("none");
    Ok(Ending::stopped(
        "Referrer-Policy",
        format!(
            "The client took the code, and no Referer told it on. The callback answers with Referrer-Policy: {policy}."
        ),
    ))
}

/// What a browser says of where it came from, when it goes from `page` to another http origin, and when its own
/// default is still that of before 2020 (`no-referrer-when-downgrade`). The page's own wish comes first.
fn referer_from(page: &Answer) -> Option<String> {
    let address = page.request.url.split('#').next().unwrap_or_default().to_owned();
    match page.header("referrer-policy").unwrap_or("no-referrer-when-downgrade") {
        "no-referrer" | "same-origin" => None,
        "origin"
        | "strict-origin"
        | "origin-when-cross-origin"
        | "strict-origin-when-cross-origin" => {
            Some(format!("{}/", kit::encoding::origin(&address)))
        }
        _ => Some(address),
    }
}

async fn history(scene: Scene) -> Result<Ending, Verdict> {
    let (mut victim, hers, _) = arrive(&scene).await?;
    scene.heading("The attack");
    let addresses: Vec<String> =
        victim.history.iter().map(|url| short_address(url, &scene.target)).collect();
    scene.aside(format!(
        "V walks away. A sits down at her machine and reads the history:
{}",
        addresses.join(
            "
"
        )
    ));
    let found = victim.history.iter().any(|address| address.contains(&hers.code));
    if found {
        scene
            .aside("There it is, and nothing has used the code up. A takes it to his own browser.");
        return injected(&scene, &hers).await;
    }
    scene.aside("No code in it. Suppose that A finds it elsewhere, in a proxy's log say: redirects pass there, too.");
    let mut attacker = scene.attacker()?;
    let received = inject(&scene, &mut attacker, &hers.code).await?;
    refused(&received)?;
    scene.heading("The victim is unharmed");
    let home = victim.get(scene.client("/")?, "V's client still holds her token.").await?;
    home.must(
        home.status == 200 && home.body.contains("access_token"),
        "the victim's token on the client's page",
    )?;
    Ok(Ending::stopped(
        "a clean address",
        "The history holds no code. The same code from elsewhere was refused with invalid_grant: it is used, and A has no verifier for it.",
    ))
}

/// What the leaked code is worth: the thief gets in with it, or it is dead.
async fn injected(scene: &Scene, hers: &Callback) -> Result<Ending, Verdict> {
    let mut attacker = scene.attacker()?;
    let received = inject(scene, &mut attacker, &hers.code).await?;
    if received.accepted {
        let owner = scene.owner_of(&hers.code).await?;
        return Ok(Ending::succeeded(format!(
            "A has read {owner}'s code, and the client took it from A's browser."
        )));
    }
    refused(&received)?;
    Ok(Ending::stopped(
        "a code that is dead",
        "A has read the code, but it is used, and he has no verifier for it: invalid_grant.",
    ))
}

/// The token endpoint, not the client, said no.
fn refused(received: &Received) -> Result<(), Verdict> {
    let page = &received.answer;
    let named = page.status == 502 && page.body.contains("invalid_grant");
    page.must(named, "a 502 page that names invalid_grant").map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_can_forbid_to_tell_its_address() {
        let page = |policy: Option<&str>| Answer {
            request: Request::get("http://localhost:5001/callback?code=x#top"),
            status: 200,
            headers: policy
                .map(|policy| ("referrer-policy".into(), policy.into()))
                .into_iter()
                .collect(),
            body: String::new(),
            story: Vec::new(),
        };
        let told = |policy| referer_from(&page(policy));
        assert_eq!(told(None).as_deref(), Some("http://localhost:5001/callback?code=x"));
        assert_eq!(told(Some("unsafe-url")), told(None));
        assert_eq!(told(Some("origin")).as_deref(), Some("http://localhost:5001/"));
        assert_eq!(told(Some("strict-origin-when-cross-origin")), told(Some("origin")));
        assert_eq!(told(Some("no-referrer")), None);
        assert_eq!(told(Some("same-origin")), None);
    }
}
