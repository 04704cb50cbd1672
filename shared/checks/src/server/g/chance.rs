//! G5: every name that opens something is a secret of its own.

use crate::server::support::{must, must_be_unguessable, of_this_lab};
use crate::{Check, rule};
use kit::flow::Tokens;
use kit::ladder::Capability;
use kit::{Outcome, Target};

rule!(
    Check::server("G5", "tickets cannot be guessed")
        .lab_rule(
            "RFC 6749 §10.10",
            "Twenty requests bring twenty tickets of 128 bits of chance each."
        )
        .why("Who guesses a ticket logs in to a request that somebody else waits for.")
        .run(|target| Box::pin(tickets(target)))
);
async fn tickets(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let mut found = Vec::new();
    for _ in 0..20 {
        let answer = target.browser().get(target.request().url()).await?;
        found.push(answer.location_param("ticket").unwrap_or_default());
    }
    must_be_unguessable("a ticket", &found)
}

rule!(
    Check::server("G5", "the csrf_token of a question cannot be guessed")
        .since(Capability::Consent)
        .lab_rule(
            "RFC 6749 §10.12",
            "Twenty questions bring twenty tokens of 128 bits of chance each."
        )
        .why("It is all that tells the page's own form from one that somebody else wrote.")
        .run(|target| Box::pin(csrf_tokens(target)))
);
async fn csrf_tokens(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let request = target.authorization_request(target.public()?);
    let (mut browser, mut found) = (target.browser(), Vec::new());
    for _ in 0..20 {
        let question = target.question(&mut browser, &request, target.user()?).await?;
        found.push(question.hidden("csrf_token")?.to_owned());
    }
    must_be_unguessable("a csrf_token", &found)
}

rule!(
    Check::server("G5", "neither half of a refresh token can be guessed")
        .since(Capability::Refresh)
        .lab_rule("RFC 6749 §10.10", "The name of the login and the secret beside it have 128 bits of chance each, in the first token and in those that follow.")
        .why("Whoever knows the name can end the login; whoever saw an old token knows the name and must not find the next secret.")
        .run(|target| Box::pin(halves(target)))
);
async fn halves(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let halves = |tokens: &Tokens| {
        let token = tokens.refresh_token().unwrap_or_default();
        token.split_once('.').map(|(name, secret)| [name.to_owned(), secret.to_owned()])
    };
    let (mut names, mut firsts, mut nexts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..20 {
        let tokens = target.tokens().await?;
        let refresh = target.refresh(&target.demo, tokens.refresh_token()?);
        let next = target.tokens_for(&refresh).await?;
        let found = halves(&tokens).zip(halves(&next));
        let Some(([name, first], [same, next])) = found else {
            return Err(next.answer.fail("a refresh token of two halves with a dot between"));
        };
        must(name == same, "a refresh", "the same name", format!("{name}, then {same}"))?;
        names.push(name);
        firsts.push(first);
        nexts.push(next);
    }
    must_be_unguessable("a name of a login", &names)?;
    must_be_unguessable("a first secret", &firsts)?;
    must_be_unguessable("a secret after a refresh", &nexts)
}
