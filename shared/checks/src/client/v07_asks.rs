//! What the client asks for: the least at first, and more when somebody wants the page that needs it.

use super::profile::links_to;
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::{path, query_pairs, resolve};
use kit::html::links;
use kit::play::Authorize;
use kit::{Answer, Outcome, Target};

/// Each purpose, what it needs, and the page that needs it.
const PURPOSES: [(&str, &str, &str); 3] = [
    ("read", "profile notes:read", "/notes"),
    ("write", "profile notes:read notes:write", "/notes"),
    ("admin", "profile admin", "/users"),
];

/// Does the page lead to `/start` for this purpose?
pub(super) fn offers(page: &Answer, purpose: &str) -> bool {
    links(&page.body).iter().any(|link| {
        let url = resolve(&page.request.url, &link.href);
        path(&url) == "/start" && query_pairs(&url) == [("for".to_owned(), purpose.to_owned())]
    })
}

rule!(
    Check::client("R7.2", "the client asks for the least it can log in with")
        .should("RFC 9700 §2.3", "/start sends scope=profile, once, or no scope at all. RFC 9700 §2.3: the privileges of a token \"SHOULD be restricted to the minimum required\".")
        .why("What a client was given it can lose, and a long list of wishes is not read.")
        .run(|target| Box::pin(the_least(target)))
);

rule!(
    Check::client("R7.2", "the client asks for what the next page needs")
        .lab_rule("RFC 9700 §2.3", "/start sends scope=profile; for=read, write or admin ask for what /notes and /users need besides; any other value of for asks for the least.")
        .why("Somebody who sees what it is for can decide.")
        .run(|target| Box::pin(the_least(target)))
);
async fn the_least(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let begun = stage.begin(&mut stage.browser()).await?;
    let sent = query_pairs(&begun.request_url).into_iter().filter(|pair| pair.0 == "scope");
    let sent: Vec<String> = sent.map(|pair| pair.1).collect();
    let least = sent == ["profile"] || (!stage.exact && sent.is_empty());
    begun.start.must(least, "scope=profile, once")?;
    if stage.exact {
        let others = [
            "",
            "x",
            "Read",
            "read ",
            "reading",
            "notes:write",
            "profile admin",
        ];
        let others = others.map(|name| (name, "profile", ""));
        for (purpose, scope, _) in PURPOSES.into_iter().chain(others) {
            let start = format!("/start?for={}", kit::encoding::encode(purpose));
            let begun = stage.begin_at(&mut stage.browser(), &start).await?;
            let asked = begun.asked("scope").as_deref() == Some(scope);
            begun.start.must(asked, format!("scope={scope}, once"))?;
        }
    }
    stage.still_works().await
}

rule!(
    Check::client("R7.5", "a page that needs more than the token may do says so and offers to ask")
        .lab_rule("RFC 6750 §3.1", "After a login with profile, /notes and /users show the missing scope and lead to /start for it; after the flow the browser is on the page that it wanted, and the API was asked with the new token.")
        .why("A client that asks when it is needed needs a place where it says why.")
        .run(|target| Box::pin(when_needed(target)))
);
async fn when_needed(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for (purpose, scope, wanted) in PURPOSES {
        if purpose == "write" {
            continue;
        }
        let mut browser = stage.browser();
        stage.log_in(&mut browser).await?;
        let page = browser.get(stage.url(wanted)).await?;
        page.must_be_page(200)?;
        let missing = scope.split(' ').next_back().unwrap_or_default();
        page.must(offers(&page, purpose), format!("a link to /start?for={purpose}"))?;
        page.must(page.body.contains(missing), format!("a page that says {missing} is missing"))?;
        stage.must_be_logged_in(&mut browser, true).await?;
        let end = stage.log_in_at(&mut browser, &format!("/start?for={purpose}")).await?;
        let there = path(&end.request.url) == wanted;
        end.must(there && !offers(&end, purpose), format!("{wanted}, with what it shows"))?;
        // Home is where a login leads that was for nothing else.
        let end = stage.log_in(&mut browser).await?;
        end.must(path(&end.request.url) == "/", "the home page")?;
    }
    let nobody = stage.browser().get(stage.url("/notes")).await?;
    let home = stage.settle(&mut stage.browser(), nobody).await?;
    home.must(links_to(&home, "/start"), "the way to a login for who is not logged in")?;
    Ok(())
}

rule!(
    Check::client("R7.3", "a no to more does not cost what the client has")
        .lab_rule("RFC 6749 §4.1.2.1", "access_denied at a request for more is a 400 page that explains it; the login that was there still works.")
        .why("A user who must fear to be logged out does not dare to say no.")
        .run(|target| Box::pin(a_no(target)))
);
async fn a_no(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.play.script(|script| {
        script.authorize = Authorize::Error {
            error: "access_denied".to_owned(),
            description: None,
        };
    });
    let begun = stage.begin_at(&mut browser, "/start?for=read").await?;
    let answer = browser.get(begun.callback).await?;
    answer.must_be_page(400)?;
    answer.must(answer.body.contains("access_denied"), "a page that names access_denied")?;
    stage.must_be_logged_in(&mut browser, true).await?;
    stage.shows_user(&mut browser).await?;
    stage.play.script(|script| script.authorize = Authorize::Code);
    stage.log_in_at(&mut browser, "/start?for=read").await?;
    Ok(())
}
