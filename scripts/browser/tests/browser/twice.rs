//! The same thing twice: in two tabs, or by a double click.

use std::time::Duration;

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;
use kit::ladder::Capability;

/// A hasty double click, and a slow one: the page may have gone meanwhile.
const PAUSES: [Duration; 2] = [
    Duration::ZERO,
    Duration::from_millis(60),
];

pub async fn two_tabs(person: &Person, stage: &Stage) -> Result<(), String> {
    let [user, _] = USERS;
    person.starts(stage).await?;
    let first = person.new_tab().await?;
    person.starts(stage).await?;
    // The tab that was opened second is finished first.
    person.logs_in(user).await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await?;
    person.look_at(first).await?;
    person.logs_in(user).await?;
    person.agrees(stage).await?;
    if !stage.has(Capability::State) {
        return person.has_arrived(stage).await;
    }
    // The login gave this browser a new key. What it asked for under the old one is over, and the page says so.
    person.sees("Another tab finished logging in").await?;
    person.click("Home").await?;
    if stage.has(Capability::TokenEndpoint) {
        // Nothing of the other tab's login is lost.
        return person.has_arrived(stage).await;
    }
    person.click("Start authorization").await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await
}

pub async fn double_start(person: &Person, stage: &Stage) -> Result<(), String> {
    for (pause, user) in PAUSES.into_iter().zip(USERS) {
        forget(person, stage).await?;
        person.go(&stage.client("/")).await?;
        person.double_clicks("Start authorization", pause).await?;
        person.arrives(&stage.server("/login?ticket=")).await?;
        person.logs_in(user).await?;
        person.agrees(stage).await?;
        person.has_arrived(stage).await.map_err(|trouble| format!("{pause:?}: {trouble}"))?;
    }
    Ok(())
}

pub async fn double_login(person: &Person, stage: &Stage) -> Result<(), String> {
    for pause in PAUSES {
        forget(person, stage).await?;
        person.starts(stage).await?;
        person.fill("Username", USERS[0].0).await?;
        person.fill("Password", USERS[0].1).await?;
        person.double_clicks("Log in", pause).await?;
        person.agrees(stage).await?;
        // The page that the second click leads to may take the place of the first one under the mouse. One clicks again.
        person.agrees(stage).await?;
        let arrived = person.has_arrived(stage).await;
        arrived.map_err(|trouble| format!("{pause:?}: {trouble}")).or_else(|trouble| {
            // The first click's response may just have been delivered, and a state works once. The page says so. From
            // the token endpoint on, the client remembers the outcome and leads both to it.
            let is_once = stage.has(Capability::State) && !stage.has(Capability::TokenEndpoint);
            let is_told = trouble.contains("This response was already used. It works only once.");
            if is_once && is_told {
                Ok(())
            } else {
                Err(trouble)
            }
        })?;
    }
    Ok(())
}

pub async fn double_refresh(person: &Person, stage: &Stage) -> Result<(), String> {
    person.goes_through(stage, USERS[0]).await?;
    for pause in PAUSES {
        person.double_clicks("Refresh now", pause).await?;
        person.sees("Play the thief").await?;
        person.click("Ask the API who I am").await?;
        person.sees("You are user0").await.map_err(|trouble| format!("{pause:?}: {trouble}"))?;
        person.click("Home").await?;
    }
    Ok(())
}

/// Both processes meet a browser that they don't know.
async fn forget(person: &Person, stage: &Stage) -> Result<(), String> {
    person.go(&stage.client("/")).await?;
    person.client.delete_all_cookies().await.map_err(|trouble| trouble.to_string())
}
