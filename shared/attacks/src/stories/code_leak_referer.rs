//! `code-leak-referer`: the next page is told the code.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::leaks::{CLEAN_ADDRESS, CLEAN_ADDRESS_OF_A_PURPOSE, arrive, injected};
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

attack!(Attack {
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
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("shared/web/src/pages.rs", "(REFERRER_POLICY, \"same-origin\"),")
            .that("Every page forbids the browser to tell its address to another site."),
        CLEAN_ADDRESS,
        CLEAN_ADDRESS_OF_A_PURPOSE,
    ],
    run: |scene| Box::pin(referer(scene)),
});

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
