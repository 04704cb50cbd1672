//! R7.10: what the user sees before she decides.

use crate::server::r7::support::{DOORS, admin, always_asked, exchange};
use crate::server::support::of_this_lab;
use crate::{Check, rule};
use kit::encoding::origin;
use kit::html::{tags, text};
use kit::{Outcome, Target, Verdict};

/// Markup in the name of a client.
const NAME: &str = "<i>\"demo\"</i>&'<script>";

/// What the server calls a client, besides its id.
async fn name_of(target: &Target, client_id: &str) -> Option<String> {
    let storage = target.storage().await.ok()?;
    storage["clients"][client_id]["name"].as_str().map(str::to_owned)
}

rule!(
    Check::server("R7.10", "the page of consent names the client and what it asks for")
        .should("RFC 6749 §10.2", "The page shows the client's name or client_id, and each scope that was asked for. RFC 6749 §10.2: \"provide the resource owner with information about the client and the requested authorization scope and lifetime\".")
        .why("Nobody can agree to what they are not told.")
        .run(|target| Box::pin(told(target)))
);
async fn told(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let question = target.question(&mut target.browser(), &request, target.user()?).await?;
    let words = text(&question.page.body);
    let name = name_of(&target, &request.app.client_id).await;
    let named =
        words.contains(&request.app.client_id) || name.is_some_and(|name| words.contains(&name));
    question.page.must(named, "the client's name or client_id")?;
    let ticks = question.ticks();
    for scope in ["profile", "notes:read"] {
        let shown = words.contains(scope) || ticks.contains(&scope);
        question.page.must(shown, format!("a word about {scope}"))?;
    }
    Ok(())
}

rule!(
    Check::server("R7.10", "the page of consent says who, what, for whom and whereto")
        .lab_rule("RFC 6749 §10.2, MCP best practice", "Name and client_id of the client, each scope that was asked for with a tick and a sentence, and no other, the user, and the host and port that the browser goes back to.")
        .why("A name can be borrowed. The address cannot: it is where the code goes.")
        .run(|target| Box::pin(in_full(target)))
);
async fn in_full(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let other = target.other()?;
    let mut requests = vec![
        (
            target.request().set("scope", "admin profile notes:write"),
            vec!["profile", "notes:write", "admin"],
        ),
        (always_asked(&target)?, vec!["profile", "notes:read"]),
    ];
    for redirect_uri in &other.redirect_uris {
        let request = target.authorization_request(other).to(redirect_uri);
        requests.push((request, vec!["profile"]));
    }
    for user in [target.user()?, admin(&target)?] {
        for (request, scopes) in &requests {
            let question = target.question(&mut target.browser(), request, user).await?;
            let page = &question.page;
            let words = text(&page.body);
            let name = name_of(&target, &request.app.client_id).await.unwrap_or_default();
            let (_, host) = origin(&request.redirect_uri).split_once("://").unwrap_or_default();
            for word in [
                &name,
                request.app.client_id.as_str(),
                user.username.as_str(),
                host,
            ] {
                let shown = !word.is_empty() && words.contains(word);
                page.must(shown, format!("the word {word}"))?;
            }
            page.must(
                !words.contains("://127.0.0.1") && !words.contains("/callback"),
                "the host, not the whole address",
            )?;
            page.must(question.ticks() == *scopes, format!("ticks for {scopes:?}"))?;
            for door in DOORS {
                let asked = scopes.contains(&door.scope);
                let shown = words.contains(&format!(" {} ", door.scope));
                page.must(shown == asked, format!("{}: {asked}", door.scope))?;
            }
            let ticked = question.form.inputs.iter().filter(|input| input.kind == "checkbox");
            page.must(
                ticked.into_iter().all(|input| input.checked),
                "every tick set, to be taken away",
            )?;
        }
    }
    Ok(())
}

rule!(
    Check::server("R7.10", "what the page of consent names is escaped")
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "A client whose client_id is markup is named by it, and no tag comes of it; its user can say yes.")
        .why("A client that writes on the page that judges it writes its own praise.")
        .run(|target| Box::pin(escaped(target)))
);
async fn escaped(target: Target) -> Outcome {
    let mut target = target.with_settings(&[("CLIENT_ID", NAME)]).await?;
    target.demo.client_id = NAME.to_owned();
    let request = target.request();
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    let page = &question.page;
    let alive = tags(&page.body).iter().any(|tag| tag.name == "i" || tag.name == "script");
    page.must(!alive, "no tag out of the client's name")?;
    let read = text(&page.body);
    let found = read.contains(NAME);
    page.must(found, format!("{NAME}, as text"))?;
    let answer = browser.reply(&question, &question.allow()).await?;
    exchange(&target, &request, &answer).map_err(|_: Verdict| answer.fail("a code"))?;
    Ok(())
}
