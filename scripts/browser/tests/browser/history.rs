//! The browser's own buttons: Back, reload, and an address that was kept.

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;
use kit::ladder::Capability;

pub async fn back_after_callback(person: &Person, stage: &Stage) -> Result<(), String> {
    person.goes_through(stage, USERS[0]).await?;
    person.back().await?;
    // The last page of the server is there again, and says that its request is over.
    match stage.has(Capability::Consent) {
        true => person.sees("This question was answered already").await?,
        false => person.sees("The request that brought you here is over").await?,
    }
    // Whoever goes on from here all the same comes out well.
    person.go(&stage.client("/")).await?;
    person.click("Start authorization").await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await
}

pub async fn back_after_logout(person: &Person, stage: &Stage) -> Result<(), String> {
    person.goes_through(stage, USERS[0]).await?;
    if stage.has(Capability::ProtectedApi) {
        person.click("Ask the API who I am").await?;
        person.sees("You are user0").await?;
        person.click("Home").await?;
    }
    person.click("Log out of this client").await?;
    person.sees("Start authorization").await?;
    // As far back as the history goes: nothing of her is on the screen any more.
    for step in 1..=4 {
        person.back().await?;
        let address = person.address().await?;
        if !address.starts_with(&stage.client("")) {
            break;
        }
        let text = person.text().await?;
        for hers in [
            "The token response",
            "You are user0",
            "Log out of this client",
        ] {
            if text.contains(hers) {
                return Err(format!("{step} steps back, {address} shows \"{hers}\":\n{text}"));
            }
        }
    }
    Ok(())
}

pub async fn reload_of_callback(person: &Person, stage: &Stage) -> Result<(), String> {
    person.goes_through(stage, USERS[0]).await?;
    person.reload().await?;
    // v01 has nothing to compare, and from the token endpoint on the address is the home page's.
    if !stage.has(Capability::State) || stage.has(Capability::TokenEndpoint) {
        return person.has_arrived(stage).await;
    }
    person.sees("This response was already used. It works only once.").await?;
    person.click("Home").await?;
    person.click("Start authorization").await?;
    person.agrees(stage).await?;
    person.has_arrived(stage).await
}

/// The address of the callback, out of the history or a chat: for its own browser at once, and for another one.
pub async fn callback_again(person: &Person, stage: &Stage) -> Result<(), String> {
    person.goes_through(stage, USERS[0]).await?;
    let address = person.was_at(&stage.client("/callback?")).await?;
    person.go(&address).await?;
    if stage.has(Capability::TokenEndpoint) {
        person.has_arrived(stage).await?;
    } else if stage.has(Capability::State) {
        person.sees("This response").await?;
    } else {
        person.has_arrived(stage).await?;
    }
    person.go(&stage.client("/")).await?;
    person.client.delete_all_cookies().await.map_err(|trouble| trouble.to_string())?;
    person.go(&address).await?;
    match stage.has(Capability::State) {
        true => person.sees("This response doesn't match").await,
        false => person.has_arrived(stage).await,
    }
}
