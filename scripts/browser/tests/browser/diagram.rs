//! `/debug/flow`, where a version has it.

use std::time::Duration;

use browser_tests::cast::Stage;
use browser_tests::flow::USERS;
use browser_tests::person::Person;
use kit::{Http, Request};

/// Does the process at this address draw what happened?
pub async fn is_there(url: &str) -> bool {
    let request = Request::get(format!("{url}/debug/flow")).header("Accept", "text/html");
    let answer = Http::new(Duration::from_secs(5)).send(request).await;
    answer.is_ok_and(|answer| answer.status == 200)
}

/// One tab shows the diagram while another one clicks: it grows without a reload.
pub async fn grows(person: &Person, stage: &Stage) -> Result<(), String> {
    if !is_there(&stage.client("")).await {
        return Ok(());
    }
    person.go(&stage.client("/debug/flow")).await?;
    let diagram = person.new_tab().await?;
    person.goes_through(stage, USERS[0]).await?;
    person.look_at(diagram).await?;
    person.sees("/authorize").await?;
    person.sees("/callback").await
}
