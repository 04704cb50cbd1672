//! Every page that a version has, looked at on a phone and on a desk.

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::page;
use browser_tests::person::Person;
use kit::ladder::Capability;
use kit::{Http, Request};
use serde_json::json;
use std::time::Duration;

/// Looks at pages one by one, and says at the end what was wrong with which.
struct Tour<'a> {
    person: &'a Person,
    axe: Option<String>,
    wrong: Vec<String>,
}

impl Tour<'_> {
    /// The page on the screen.
    async fn look(&mut self, what: &str) -> Result<(), String> {
        let axe = self.axe.clone();
        self.measure(what, axe.as_deref()).await
    }

    /// The same, with or without axe-core.
    async fn measure(&mut self, what: &str, axe: Option<&str>) -> Result<(), String> {
        let address = self.person.address().await?;
        let faults = self.person.faults(axe).await?;
        self.wrong.extend(faults.iter().map(|fault| format!("{what} ({address}): {fault}")));
        self.person.resizes(1280, 900).await
    }

    /// The page at an address.
    async fn visit(&mut self, what: &str, url: &str) -> Result<(), String> {
        self.person.go(url).await?;
        self.look(what).await
    }
}

pub async fn every_page(person: &Person, stage: &Stage) -> Result<(), String> {
    let mut tour = Tour {
        person,
        axe: page::axe()?,
        wrong: Vec::new(),
    };
    strangers(&mut tour, stage).await?;
    refusals(&mut tour, stage).await?;
    flow(&mut tour, stage).await?;
    debug(&mut tour, stage).await?;
    ended(&mut tour, stage).await?;
    // Last, because it ends the server. No page that still asks it for something is on the screen then.
    person.go(&stage.client("/")).await?;
    stage.pair.server.kill();
    tour.visit("home without a server", &stage.client("/")).await?;
    tour.visit("start without a server", &stage.client("/start")).await?;
    match tour.wrong.is_empty() {
        true => Ok(()),
        false => Err(tour.wrong.join("\n")),
    }
}

/// What a browser sees that nobody knows.
async fn strangers(tour: &mut Tour<'_>, stage: &Stage) -> Result<(), String> {
    tour.visit("the client's home", &stage.client("/")).await?;
    tour.visit("the server's home", &stage.server("/")).await?;
    tour.visit("a login that nobody asked for", &stage.server("/login")).await?;
    tour.visit("a login whose request is over", &stage.server("/login?ticket=x")).await?;
    tour.visit("the client's empty memory", &stage.client("/debug/state")).await?;
    tour.visit("the server's empty memory", &stage.server("/debug/state")).await
}

/// The error pages.
async fn refusals(tour: &mut Tour<'_>, stage: &Stage) -> Result<(), String> {
    tour.visit("no such page of the client", &stage.client("/nowhere")).await?;
    tour.visit("no such page of the server", &stage.server("/nowhere")).await?;
    tour.visit("a request of an unknown client", &stage.server("/authorize?client_id=x"))
        .await?;
    tour.visit("a callback with nothing", &stage.client("/callback")).await?;
    let planted = stage.client("/callback?code=planted&state=planted");
    tour.visit("a planted callback", &planted).await?;
    let refusal = tour.person.refusal(stage).await?;
    tour.visit("a refused login", &refusal).await?;
    if stage.has(Capability::TokenEndpoint) {
        tour.visit("a page that takes only POST", &stage.client("/logout")).await?;
    }
    if stage.has(Capability::ProtectedApi) {
        tour.visit("the profile of nobody", &stage.client("/profile")).await?;
    }
    Ok(())
}

/// The flow, page by page.
async fn flow(tour: &mut Tour<'_>, stage: &Stage) -> Result<(), String> {
    tour.person.starts(stage).await?;
    tour.look("the login page").await?;
    tour.person.logs_in(("user0", "wrong")).await?;
    tour.person.sees("Wrong username or password.").await?;
    tour.look("the login page after a wrong password").await?;
    tour.person.logs_in(USERS[0]).await?;
    if stage.has(Capability::Consent) {
        tour.person.find("Allow").await?;
        tour.look("the consent page").await?;
        tour.person.agrees(stage).await?;
    }
    tour.person.has_arrived(stage).await?;
    tour.look("the end of the flow").await?;
    if stage.has(Capability::ProtectedApi) {
        tour.person.click("Ask the API who I am").await?;
        tour.person.sees("You are user0").await?;
        tour.look("the profile").await?;
    }
    if stage.has(Capability::Consent) {
        tour.visit("a page that needs more", &stage.client("/notes")).await?;
        tour.visit("a larger question", &stage.client("/start?for=write")).await?;
        tour.person.agrees(stage).await?;
        tour.person.sees("A new note").await?;
        tour.look("the notes").await?;
        tour.visit("an answered question", &stage.server("/consent?ticket=x")).await?;
    }
    if stage.has(Capability::Refresh) {
        tour.visit("home with a refresh token", &stage.client("/")).await?;
        tour.person.click("Refresh now").await?;
        tour.person.sees("Play the thief").await?;
        tour.look("home after a refresh").await?;
    }
    tour.visit("the server's home, logged in", &stage.server("/")).await?;
    tour.visit("the welcome page", &stage.server("/welcome")).await
}

/// What both show of their memory, and of what happened, when there is something.
async fn debug(tour: &mut Tour<'_>, stage: &Stage) -> Result<(), String> {
    for (who, url) in [
        ("client", stage.client("")),
        ("server", stage.server("")),
    ] {
        tour.visit(&format!("the {who}'s memory"), &format!("{url}/debug/state?a=1&b=2")).await?;
        let unfold = "document.querySelectorAll('details').forEach(part => part.open = true)";
        tour.person.ask(unfold, vec![]).await?;
        tour.look(&format!("the {who}'s memory, unfolded")).await?;
        if super::diagram::is_there(&url).await {
            let what = format!("what happened, by the {who}");
            tour.person.go(&format!("{url}/debug/flow")).await?;
            tour.measure(&what, None).await?;
            // The messages of the flow that is open; those of the others are made of the same parts.
            let newest = "document.querySelectorAll('details[open] details').forEach(part => part.open = true)";
            tour.person.ask(newest, vec![]).await?;
            // Both draw the same flows, and axe-core takes long for their many parts: once is enough.
            let axe = tour.axe.clone().filter(|_| who == "client");
            tour.measure(&format!("{what}, unfolded"), axe.as_deref()).await?;
        }
    }
    Ok(())
}

/// A login that the server has ended: a used refresh token came twice.
async fn ended(tour: &mut Tour<'_>, stage: &Stage) -> Result<(), String> {
    if !stage.has(Capability::Refresh) {
        return Ok(());
    }
    tour.person.go(&stage.client("/")).await?;
    let line = tour.person.ask("return document.querySelector('pre').innerText", vec![]).await?;
    let line = line.as_str().unwrap_or_default().to_owned();
    let form = line.split("-d '").nth(1).and_then(|rest| rest.split('\'').next());
    let credentials = line.split("-u '").nth(1).and_then(|rest| rest.split('\'').next());
    let (Some(form), Some(credentials)) = (form, credentials) else {
        return Err(format!("no command to replay the refresh token: {line}"));
    };
    let (id, secret) = credentials.split_once(':').unwrap_or_default();
    let form = format!("{form}&client_id={id}&client_secret={secret}");
    let request = Request::new("POST", stage.server("/token"))
        .body("application/x-www-form-urlencoded", form);
    let answer = Http::new(Duration::from_secs(5)).send(request).await;
    let answer = answer.map_err(|verdict| verdict.to_string())?;
    if answer.json().map(|body| body["error"].clone()) != Some(json!("invalid_grant")) {
        return Err(format!("the replay was not refused: {} {}", answer.status, answer.body));
    }
    tour.visit("the profile of a login that has ended", &stage.client("/profile")).await?;
    tour.person.sees("Your login has ended").await?;
    tour.visit("home after a login has ended", &stage.client("/")).await
}
