//! `/debug/flow`, where a version has it.

use std::time::Duration;

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;
use fantoccini::key::Key;
use kit::ladder::Capability;
use kit::{Http, Request};

/// How many messages are drawn, and when the page was loaded.
const SEEN: &str =
    "return [document.querySelectorAll('li.ask, li.answer').length, performance.timeOrigin]";

/// The first message: is it open?
const FIRST_IS_OPEN: &str = "return document.querySelector('li.ask details').open";

/// Does the process at this address draw what happened?
pub async fn is_there(url: &str) -> bool {
    let request = Request::get(format!("{url}/debug/flow")).header("Accept", "text/html");
    let answer = Http::new(Duration::from_secs(5)).send(request).await;
    answer.is_ok_and(|answer| answer.status == 200)
}

/// One tab shows the diagram while another one clicks: it grows without a reload, and it can be stopped and emptied.
pub async fn grows(person: &Person, stage: &Stage) -> Result<(), String> {
    if !is_there(&stage.client("")).await {
        return Ok(());
    }
    person.go(&stage.client("/debug/flow")).await?;
    let before = person.ask(SEEN, vec![]).await?;
    let diagram = person.new_tab().await?;
    person.starts(stage).await?;
    let flow = person.turns_to(diagram).await?;
    person.sees("/authorize").await?;
    // By keyboard: the first message opens, and stays open while more arrive.
    let first = "document.querySelector('li.ask summary').focus()";
    person.ask(first, vec![]).await?;
    person.presses([Key::Enter.into()]).await?;
    let halfway = person.ask(SEEN, vec![]).await?;
    let diagram = person.turns_to(flow).await?;
    person.logs_in(USERS[0]).await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await?;
    let flow = person.turns_to(diagram).await?;
    person.sees("/callback").await?;
    if stage.has(Capability::TokenEndpoint) {
        person.sees("/token").await?;
    }
    let after = person.ask(SEEN, vec![]).await?;
    let grew = [&before, &halfway, &after].map(|seen| seen[0].as_u64().unwrap_or_default());
    if !(grew[0] < grew[1] && grew[1] < grew[2]) || before[1] != after[1] {
        return Err(format!("the diagram did not grow: {before}, {halfway}, {after}"));
    }
    if person.ask(FIRST_IS_OPEN, vec![]).await? != true {
        return Err("the message that was opened has closed".to_owned());
    }
    // Paused, it stays as it is.
    person.touches("Pause").await?;
    let diagram = person.turns_to(flow).await?;
    person.go(&stage.client("/")).await?;
    person.click("Start authorization").await?;
    person.turns_to(diagram).await?;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    if person.ask(SEEN, vec![]).await? != after {
        return Err("the diagram grew while it was paused".to_owned());
    }
    person.click("Start over").await?;
    person.sees_no("/authorize").await
}
