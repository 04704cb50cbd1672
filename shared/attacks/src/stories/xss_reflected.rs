//! `xss-reflected`: script in a link, shown by a page that the victim trusts.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::encoding::{encode, query_pairs};
use kit::html::unescape;
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

/// Leaves an attribute, leaves a text, runs without a click.
const SCRIPT: &str = "\"'></code><script>alert(1)</script><img src=x onerror=alert(1)>";

attack!(Attack {
    name: "xss-reflected",
    title: "Script in a link, shown by a page that the victim trusts",
    story: "The attacker writes links whose parameters hold script and gives them to the victim. \
            A page that shows a parameter again as it came would run it, with the rights of the server or the client.",
    steps: &[
        Step(Attacker, Victim, "links with <script> in every parameter, one after the other"),
        Step(
            Victim,
            Server,
            "opens those that lead to the server: /authorize, /login, /debug/state, an unknown path",
        ),
        Step(
            Victim,
            Client,
            "opens those that lead to the client: /callback with error, code or state",
        ),
    ],
    section: "OAuth 2.1 §7.12",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("shared/web/src/pages.rs", "pages.get_template(name)?.render(context! {")
            .that("Templates draw every page, and every value in one whose name ends in .html is escaped: < becomes &lt;."),
        Guard::since(Capability::AuthorizationCode)
            .line("shared/web/src/pages.rs", "const POLICY: &str = \"default-src 'none'; style-src 'self'\";")
            .that("And if one were not: the page's policy allows no script at all."),
        Guard::since(Capability::AuthorizationCode)
            .line("client/callback.rs", "what: format!(\"The authorization server refused: {error}. {}\", explain(error)).into(),")
            .that("The client explains an error in words of its own: error_description is never shown."),
    ],
    run: |scene| Box::pin(xss_reflected(scene)),
});

async fn xss_reflected(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = scene.victim()?;
    scene.heading("At the server");
    let mut seen = Vec::new();
    for (place, request) in at_server(&scene) {
        let answer = victim.browser.send(request).await?;
        seen.push((place, judge(&scene, &answer, place)?));
    }
    scene.heading("At the client");
    for (place, path) in at_client() {
        // A fresh flow each time: with its state the page is the one that shows the most.
        let asked =
            victim.browser.get(scene.client("/start")?).await?.location().unwrap_or_default();
        let state = query_pairs(&asked).into_iter().find(|pair| pair.0 == "state");
        let state = state
            .filter(|_| path.starts_with("/callback") && !path.contains("state="))
            .map(|pair| format!("&state={}", encode(&pair.1)));
        let url = scene.client(&format!("{path}{}", state.unwrap_or_default()))?;
        let answer = victim.browser.send(Request::get(url).header("Accept", "text/html")).await?;
        seen.push((place, judge(&scene, &answer, place)?));
    }
    if let Some((place, _)) = seen.iter().find(|(_, shown)| *shown == Shown::Raw) {
        return Ok(Ending::succeeded(format!(
            "The page shows {place} as it came: the script runs in V's browser."
        )));
    }
    let (count, shown) =
        (seen.len(), seen.iter().filter(|(_, shown)| *shown == Shown::AsText).count());
    if shown == 0 {
        return Err(Verdict::failed(
            "script in every parameter",
            "at least one page that shows it, escaped",
            "none does",
        ));
    }
    Ok(Ending::stopped(
        "escaping",
        format!(
            "{count} places; {shown} of them show the text again, each time as text: &lt;script&gt;."
        ),
    ))
}

/// How a page shows the script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    NotAtAll,
    AsText,
    Raw,
}

fn judge(scene: &Scene, answer: &Answer, place: &str) -> Result<Shown, Verdict> {
    let html = answer.media_type() == "text/html";
    let raw = answer.body.contains("<script>alert") || answer.body.contains("<img src=x");
    let shown = if raw && html {
        Shown::Raw
    } else if html && unescape(&answer.body).contains("<script>alert(1)") {
        Shown::AsText
    } else {
        Shown::NotAtAll
    };
    let meaning = match shown {
        Shown::Raw => format!("Script as {place}: it stands in the page as it came."),
        Shown::AsText => format!("Script as {place}: the page shows it, as text."),
        Shown::NotAtAll => format!("Script as {place}: not shown."),
    };
    scene.tell(Victim, answer, meaning);
    answer.must(answer.status != 500, "an answer that is no breakdown")?;
    Ok(shown)
}

fn at_server(scene: &Scene) -> Vec<(&'static str, Request)> {
    let good = scene.target.request();
    let page = |url: String| Request::get(url).header("Accept", "text/html");
    let path = |path: String| page(scene.target.url(&path));
    let script = encode(SCRIPT);
    let form = |pairs: &[(&str, &str)]| Request::form(scene.target.url("/login"), pairs);
    vec![
        ("client_id", page(good.clone().set("client_id", SCRIPT).url())),
        ("redirect_uri", page(good.clone().set("redirect_uri", SCRIPT).url())),
        ("response_type", page(good.clone().set("response_type", SCRIPT).url())),
        ("state", page(good.clone().set("state", SCRIPT).url())),
        ("ticket in the address of the login page", path(format!("/login?ticket={script}"))),
        (
            "ticket of the login form",
            form(&[
                ("ticket", SCRIPT),
                ("username", "x"),
                ("password", "y"),
            ]),
        ),
        ("username of the login form", form(&[("username", SCRIPT), ("password", "y")])),
        ("a parameter of /debug/state", path(format!("/debug/state?x={script}"))),
        ("an unknown path", path(format!("/{script}"))),
    ]
}

fn at_client() -> Vec<(&'static str, String)> {
    let script = encode(SCRIPT);
    vec![
        ("error", format!("/callback?error={script}")),
        ("error_description", format!("/callback?error=access_denied&error_description={script}")),
        ("error_uri", format!("/callback?error=access_denied&error_uri={script}")),
        ("code", format!("/callback?code={script}")),
        ("state", format!("/callback?code=x&state={script}")),
        ("a parameter of /debug/state", format!("/debug/state?x={script}")),
        ("an unknown path", format!("/{script}")),
    ]
}
