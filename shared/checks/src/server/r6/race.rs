//! R6.7: of many refreshes at the same moment one wins, and one always does.

use crate::server::support::{must_be_alive, one_winner};
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Outcome, Target};

rule!(
    Check::server("R6.7", "of twenty parallel refreshes exactly one wins")
        .lab_rule("RFC 9700 §4.14.2", "Twenty valid requests with the same refresh token at the same moment, three hundred times (a hundred, where the store is shared): one 200, nineteen 400 invalid_grant, never twenty; and the winner's tokens have died of the nineteen.")
        .why("A race that gives two new tokens splits the family, and theft goes unseen; one that gives none logs out who did nothing wrong.")
        .run(|target| Box::pin(one_of_twenty(target)))
);
async fn one_of_twenty(target: Target) -> Outcome {
    // Judging and marking in two steps loses one round of a thousand: of our own pairs we ask many.
    let rounds = match target.executables {
        // Each round of twenty is paid for with twenty times a store that is no memory of the process.
        Some(_) if target.has(Capability::SharedStore) => 100,
        Some(_) => 300,
        None => 3,
    };
    let target = target.alone().await?;
    let mut browser = target.browser();
    for _ in 0..rounds {
        let grant = target.code_for(&mut browser, &target.request(), target.user()?).await?;
        let tokens = target.tokens_for(&target.redeem(&grant)).await?;
        let request = target.refresh(&target.demo, tokens.refresh_token()?).http();
        let winner = one_winner(&target, &target.http.at_once(&request, 20).await?)?;
        let when = "the winner's access token, after nineteen others";
        must_be_alive(&target, &winner, false, when).await?;
    }
    let tokens = target.tokens().await?;
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}
