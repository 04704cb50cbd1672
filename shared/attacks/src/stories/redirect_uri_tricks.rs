//! `redirect-uri-tricks`: addresses that look almost like the registered one.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::redirects::{EVIL, EXACT, logged_in};
use crate::who::Who::{Attacker, Server, Victim};
use kit::Verdict;
use kit::encoding::origin;
use kit::ladder::Capability;

attack!(Attack {
    name: "redirect-uri-tricks",
    title: "Addresses that look almost like the registered one",
    story: "The attacker sends redirect URIs that differ from the registered one in one small thing. \
            Wherever a server compares loosely, one of them leads the victim's code to a place of his.",
    steps: &[
        Step(Attacker, Victim, "links to /authorize whose redirect_uri is nearly right"),
        Step(Victim, Server, "opens them while she is logged in"),
        Step(Server, Victim, "a 400 page each time, no code"),
    ],
    section: "RFC 9700 §4.1",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[EXACT],
    run: |scene| Box::pin(redirect_uri_tricks(scene)),
});

async fn redirect_uri_tricks(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = logged_in(&scene).await?;
    scene.heading("The attack");
    let good = scene.target.request();
    let mut count = 0;
    for (trick, uri) in near_misses(&good.redirect_uri) {
        let answer = victim.get(good.clone().to(&uri).url(), trick).await?;
        if answer.is_redirect() {
            return Ok(Ending::succeeded(format!("S sent a code to {uri}")));
        }
        answer.must_be_page(400)?;
        count += 1;
    }
    Ok(Ending::stopped(
        "an exact comparison",
        format!("{count} near misses, {count} pages with status 400, no code."),
    ))
}

/// What differs, and the address that differs in it.
fn near_misses(good: &str) -> Vec<(&'static str, String)> {
    let (authority, rest) = good.split_at(origin(good).len());
    let host = authority.trim_start_matches("http://");
    vec![
        ("A longer path: prefix matching would take it.", format!("{good}/../evil")),
        ("Something behind the name.", format!("{good}evil")),
        ("A slash at the end.", format!("{good}/")),
        ("A shorter path.", format!("{authority}/")),
        ("Another port of the same host.", format!("http://localhost:5666{rest}")),
        ("Another loopback name.", good.replacen("localhost", "127.0.0.1", 1)),
        ("The host as a user name of another host.", format!("http://{host}@127.0.0.1:5666{rest}")),
        (
            "The host as a subdomain of another host.",
            good.replacen("localhost", "localhost.evil.test", 1),
        ),
        ("Another case.", format!("{}{rest}", authority.to_uppercase())),
        ("An encoded dot segment.", format!("{authority}/%2e%2e{rest}")),
        ("Two slashes.", format!("{authority}/{rest}")),
        ("A fragment, in which a code would be hidden from the client.", format!("{good}#x")),
        ("One more parameter.", format!("{good}?next={EVIL}")),
        ("Another scheme.", good.replacen("http:", "https:", 1)),
    ]
}
