//! The flow, once each way.

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;
use fantoccini::key::Key;
use kit::ladder::Capability;

pub async fn by_clicking(person: &Person, stage: &Stage) -> Result<(), String> {
    let [user, _] = USERS;
    person.goes_through(stage, user).await?;
    if stage.has(Capability::ProtectedApi) {
        person.click("Ask the API who I am").await?;
        person.sees(&format!("You are {}", user.0)).await?;
        person.click("Home").await?;
    }
    if stage.has(Capability::Refresh) {
        person.click("Refresh now").await?;
        person.sees("Play the thief").await?;
    }
    if stage.has(Capability::TokenEndpoint) {
        person.click("Log out of this client").await?;
        person.sees("Start authorization").await?;
        person.sees_no("The token response").await?;
    }
    // The server still knows her, so the second time she isn't asked.
    person.go(&stage.client("/")).await?;
    person.click("Start authorization").await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await?;
    person.click("What's in memory").await?;
    person.sees("This browser's session").await?;
    person.click("Show it as JSON").await?;
    person.sees("\"storage\"").await
}

pub async fn by_keyboard(person: &Person, stage: &Stage) -> Result<(), String> {
    let [(username, password), _] = USERS;
    person.go(&stage.client("/")).await?;
    person.enters("Start authorization").await?;
    person.arrives(&stage.server("/login")).await?;
    // The first field has the focus already.
    person.sees("Username").await?;
    person.tabs_to("Username").await?;
    person.presses(username.chars()).await?;
    person.presses([Key::Tab.into()]).await?;
    person.presses(password.chars().chain([Key::Enter.into()])).await?;
    if stage.has(Capability::Consent) {
        person.enters("Allow").await?;
    }
    person.has_arrived(stage).await?;
    if stage.has(Capability::ProtectedApi) {
        person.enters("Ask the API who I am").await?;
        person.sees(&format!("You are {username}")).await?;
        person.enters("Home").await?;
    }
    if stage.has(Capability::Refresh) {
        person.enters("Refresh now").await?;
        person.sees("Play the thief").await?;
    }
    if stage.has(Capability::TokenEndpoint) {
        person.enters("Log out of this client").await?;
        person.sees("Start authorization").await?;
        person.sees_no("The token response").await?;
    }
    // What is folded is unfolded by keyboard, too.
    person.go(&stage.server("/debug/state")).await?;
    let folded = "return document.querySelector('summary').innerText";
    let folded = person.ask(folded, vec![]).await?;
    person.enters(folded.as_str().unwrap_or_default().trim()).await?;
    person.sees("password0").await
}

pub async fn wrong_then_right(person: &Person, stage: &Stage) -> Result<(), String> {
    let [(username, password), _] = USERS;
    person.starts(stage).await?;
    for wrong in [
        (username, "password1"),
        ("nobody", password),
    ] {
        person.logs_in(wrong).await?;
        person.sees("Wrong username or password.").await?;
    }
    person.logs_in((username, password)).await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await
}

pub async fn refused(person: &Person, stage: &Stage) -> Result<(), String> {
    let refusal = person.refusal(stage).await?;
    person.go(&refusal).await?;
    person.sees("access_denied").await?;
    person.sees("Go home and start again.").await?;
    person.click("Home").await?;
    person.sees("Start authorization").await?;
    // Saying no once closes no door.
    person.goes_through(stage, USERS[1]).await
}
