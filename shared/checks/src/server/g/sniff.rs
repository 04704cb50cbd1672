//! G7: a page is a page, whatever it looks like.

use crate::{Check, rule};
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("G7", "no page lets the browser guess its type")
        .lab_rule(
            "Fetch §3.6 (nosniff)",
            "Home, login and an error page: X-Content-Type-Options: nosniff."
        )
        .why("A browser that guesses may take for a script what was sent as text.")
        .run(|target| Box::pin(nosniff(target)))
);
async fn nosniff(target: Target) -> Outcome {
    if target.pair.is_none() {
        return Err(Verdict::skipped("a server of this lab: the rule is its own"));
    }
    for path in ["/", "/login", "/authorize"] {
        let answer = target.browser().get(target.url(path)).await?;
        let said = answer.header("x-content-type-options") == Some("nosniff");
        answer.must(said, "X-Content-Type-Options: nosniff")?;
    }
    Ok(())
}
