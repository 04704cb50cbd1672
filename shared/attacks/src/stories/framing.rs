//! `framing`: the login page inside a page of the attacker.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server, Victim};
use kit::ladder::Capability;
use kit::{Answer, Verdict};

attack!(Attack {
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
    cells: &[(Capability::AuthorizationCode, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(framing(scene)),
});

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
    use kit::Request;

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
