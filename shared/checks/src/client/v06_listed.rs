//! The list of refresh tokens that the page shows.

use super::stage::Stage;
use super::v06_refresh::with_refresh_token;
use crate::{Check, rule};
use kit::{Outcome, Target};

/// So many are kept to be shown.
const LISTED: usize = 10;

rule!(
    Check::client("R6.9", "the ten newest refresh tokens are remembered, the current one first")
        .lab_rule("lab rule", "After each of twelve refreshes /debug/state lists the refresh tokens that were received, newest first, ten at most.")
        .why("The page that shows rotation must show the right token as the current one, and no more than it needs.")
        .run(|target| Box::pin(listed(target)))
);
async fn listed(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it shows what it remembers").await?;
    let mut browser = with_refresh_token(&stage).await?;
    for turn in 0..=12 {
        let tokens = stage.memory(&mut browser).await?["storage"]["tokens"].take();
        let login = tokens.as_object().and_then(|rows| rows.values().next().cloned());
        let login = login.unwrap_or_default();
        let list = login["received_refresh_tokens"].as_array().cloned().unwrap_or_default();
        let home = browser.get(stage.url("/")).await?;
        let wanted = format!("{} refresh tokens, the current one first", LISTED.min(turn + 1));
        let good = list.len() == LISTED.min(turn + 1) && list[0] == login["refresh_token"];
        home.must(good, format!("{wanted}; /debug/state says {login}"))?;
        let all_new = list.iter().enumerate().all(|(at, token)| !list[..at].contains(token));
        home.must(all_new, "each of them once")?;
        stage.press(&mut browser, "/refresh", &[]).await?;
    }
    Ok(())
}
