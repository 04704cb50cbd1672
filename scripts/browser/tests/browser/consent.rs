//! The question, answered in every way that a person may answer it.

use std::time::Duration;

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;

const TOO_LITTLE: &str = "not with this token";
const NOTE: &str = "Twelve photos, and <b>no more</b>";

pub async fn no_then_less_then_all(person: &Person, stage: &Stage) -> Result<(), String> {
    person.starts(stage).await?;
    person.logs_in(USERS[0]).await?;
    person.sees("Calendar Prints").await?;
    person.sees(stage.client("").trim_start_matches("http://")).await?;
    person.click("Deny").await?;
    person.sees("access_denied").await?;
    person.click("Home").await?;
    person.click("Start authorization").await?;
    person.click("Allow").await?;
    person.has_arrived(stage).await?;

    person.click("My notes").await?;
    person.sees(TOO_LITTLE).await?;
    person.click("Ask the server for it").await?;
    person.touches("Read your notes.").await?;
    person.click("Allow").await?;
    // She has said no to this scope, so the page is as closed as before, and asks again only when she wants.
    person.sees(TOO_LITTLE).await?;
    person.click("Ask the server for it").await?;
    person.click("Allow").await?;
    person.sees("blue flowerpot").await?;

    person.click("Let this client write notes").await?;
    person.click("Allow").await?;
    person.fill("A new note", NOTE).await?;
    person.click("Write it").await?;
    person.sees(NOTE).await?;

    // The second time, nobody asks for what she has allowed.
    person.go(&stage.client("/")).await?;
    person.click("Log out of this client").await?;
    person.click("Start authorization").await?;
    person.has_arrived(stage).await
}

pub async fn scope_and_role(person: &Person, stage: &Stage) -> Result<(), String> {
    for (user, seen) in USERS.into_iter().zip(["you don't have the role", "All users"]) {
        person.go(&stage.server("/login")).await?;
        person.logs_in(user).await?;
        person.go(&stage.client("/")).await?;
        person.click("Start authorization").await?;
        person.click("Allow").await?;
        person.has_arrived(stage).await?;
        person.click("All users").await?;
        person.sees(TOO_LITTLE).await?;
        person.click("Ask the server for it").await?;
        person.click("Allow").await?;
        person.sees(seen).await?;
    }
    Ok(())
}

pub async fn double_allow(person: &Person, stage: &Stage) -> Result<(), String> {
    person.starts(stage).await?;
    person.logs_in(USERS[0]).await?;
    person.double_clicks("Allow", Duration::ZERO).await?;
    person.has_arrived(stage).await?;
    person.go(&stage.client("/start?for=write")).await?;
    person.double_clicks("Allow", Duration::from_millis(80)).await?;
    person.sees("blue flowerpot").await
}
