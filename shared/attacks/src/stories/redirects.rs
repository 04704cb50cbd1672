//! Where the server may send a browser: `open-redirector`, `redirect-uri-tricks`, `implicit-grant`.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::person::Person;
use crate::scene::Scene;
use kit::encoding::origin;
use kit::flow::credentials;
use kit::{Answer, Request, Verdict};

/// Where the attacker would like to see the browser.
const EVIL: &str = "http://127.0.0.1:5666/callback";

/// The comparison of strings.
const EXACT: Guard = Guard {
    from: 1,
    until: None,
    file: "server/authorize.rs",
    anchor: "let same = registered.iter().find(|known| ***known == *uri);",
    what: "redirect_uri is compared with the registered ones as the string that came: no prefix, no pattern, no parser.",
};

pub static OPEN_REDIRECTOR: Attack = Attack {
    name: "open-redirector",
    title: "A link to the trusted server that ends at the attacker's site",
    story: "The attacker writes links that begin with the server's good name and carry his own address. \
            If the server redirects before it knows the client and its address, even with an error, it lends him its name for phishing.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "a link to /authorize with an unknown client, or with a foreign redirect_uri",
        ),
        Step(Victim, Server, "opens it"),
        Step(Server, Victim, "a page that says what is wrong, and no redirect"),
    ],
    section: "RFC 9700 §4.11.2",
    cells: &[(1, Stopped)],
    guards: &[
        Guard {
            from: 1,
            until: None,
            file: "server/authorize.rs",
            anchor: "let (client_id, client) = registered_client(app, params)?;",
            what: "Who asks, and where the answer may go, is judged first. Until both are known every mistake ends on a page.",
        },
        EXACT,
    ],
    run: |scene| Box::pin(open_redirector(scene)),
};

pub static REDIRECT_URI_TRICKS: Attack = Attack {
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
    cells: &[(1, Stopped)],
    guards: &[EXACT],
    run: |scene| Box::pin(redirect_uri_tricks(scene)),
};

pub async fn logged_in(scene: &Scene) -> Result<Person, Verdict> {
    scene.heading("The honest request works");
    let mut victim = scene.victim()?;
    victim.log_in().await?;
    victim.authorize(&scene.target.request().url(), scene.target.demo.redirect_uri()).await?;
    Ok(victim)
}

/// Did the answer send the browser to a place outside of the pair?
fn leads_outside(scene: &Scene, answer: &Answer) -> bool {
    let there = answer.location().unwrap_or_default();
    let ours = [
        Some(scene.target.server.as_str()),
        scene.target.client.as_deref(),
    ];
    answer.is_redirect() && !ours.into_iter().flatten().any(|url| origin(url) == origin(&there))
}

async fn open_redirector(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = logged_in(&scene).await?;
    scene.heading("The attack");
    let good = scene.target.request();
    let bent = [
        ("An unknown client with an address of A.", good.clone().set("client_id", "evil").to(EVIL)),
        ("The honest client with an address of A.", good.clone().to(EVIL)),
        (
            "The same with a second mistake, hoping for an error by redirect.",
            good.clone().to(EVIL).set("response_type", "token"),
        ),
        ("No client at all.", good.clone().without("client_id").to(EVIL)),
        ("Two addresses, the honest one first.", good.clone().also("redirect_uri", EVIL)),
        (
            "Two addresses, the evil one first.",
            good.clone()
                .without("redirect_uri")
                .to(EVIL)
                .also("redirect_uri", good.redirect_uri.as_str()),
        ),
    ];
    for (trick, request) in bent {
        let answer = victim.get(request.url(), trick).await?;
        if leads_outside(&scene, &answer) {
            return Ok(Ending::succeeded(format!(
                "S sent the browser to {}",
                answer.location().unwrap_or_default()
            )));
        }
        answer.must_be_page(400)?;
    }
    after_login(&scene).await
}

/// The login has no parameter that says where to go next.
async fn after_login(scene: &Scene) -> Result<Ending, Verdict> {
    let mut stranger = scene.victim()?;
    let user = stranger.user.clone();
    let names = [
        "next",
        "return_to",
        "redirect",
        "redirect_uri",
        "continue",
        "ticket",
    ];
    let mut pairs: Vec<(&str, &str)> = credentials(&user).to_vec();
    pairs.extend(names.map(|name| (name, EVIL)));
    let url = scene.target.url("/login");
    let request = Request::form(&url, &pairs).header("Origin", origin(&scene.target.server));
    let answer = stranger
        .send(
            request,
            "A login form with every name that other servers know for \"where to go next\".",
        )
        .await?;
    if leads_outside(scene, &answer) {
        return Ok(Ending::succeeded("The login sent the browser to the attacker's site."));
    }
    answer.must_be(303)?;
    Ok(Ending::stopped(
        "the registry of clients",
        "Six requests, six 400 pages without Location; the login ends on a page of S.",
    ))
}

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
