//! R7.1: what a client may ask for.

use crate::server::r7::support::{exchange, known_browser, tokens_at};
use crate::server::support::{must, outcome_of};
use crate::{Check, rule};
use kit::flow::AuthorizationRequest;
use kit::target::App;
use kit::{Answer, Outcome, Target, Verdict};

/// Names that no server of this lab knows, though some of them nearly.
const UNKNOWN: [&str; 17] = [
    "nonsense",
    "Profile",
    "PROFILE",
    "profil",
    "rofile",
    "profiles",
    "profild",
    "notes",
    "notes:",
    "notes:rea",
    "notes:reads",
    "notes:Read",
    "notes:read:all",
    "notes:write*",
    "profile nonsense",
    "profile,notes:read",
    "profile+notes:read",
];

/// What is no list of names with one space between them, though every name in it is known (RFC 6749 §3.3).
const MALFORMED: [&str; 10] = [
    "profile ",
    " profile",
    "profile  notes:read",
    " ",
    "\"profile\"",
    "profile\"",
    "profile \"notes:read\"",
    "profile\\",
    "profilé",
    "profile\u{a0}notes:read",
];

/// What a client may not ask for, although the server knows it.
fn beyond(target: &Target) -> Vec<(&App, &'static str)> {
    let mut beyond = Vec::new();
    for app in target.public.iter().chain(&target.other) {
        beyond.extend(
            [
                "notes:write",
                "admin",
                "profile notes:write",
                "admin profile",
            ]
            .map(|scope| (app, scope)),
        );
    }
    beyond
}

rule!(
    Check::server("R7.1", "a scope that is unknown, malformed or not the client's gets nobody that scope")
        .must("RFC 6749 §3.3, §4.1.2.1", "It is refused at redirect_uri with an error and the state, or ignored, and then the token response says which scope there is instead. RFC 6749 §3.3: if the issued scope is different, the server \"MUST include the 'scope' response parameter\".")
        .why("A client that believes to have more than it has, or has more than it may, is a fault that nobody sees.")
        .run(|target| Box::pin(no_such_scope(target)))
);
async fn no_such_scope(target: Target) -> Outcome {
    let near = [
        "nonsense",
        "Profile",
        "notes:",
        "profile nonsense",
    ];
    let mut requests: Vec<_> = near.iter().map(|scope| (target.request(), *scope)).collect();
    requests.extend(
        beyond(&target).into_iter().map(|(app, scope)| (target.authorization_request(app), scope)),
    );
    for (request, scope) in requests {
        let request = request.set("scope", scope);
        let answer = outcome_of(&target, &request).await?;
        if answer.tells_an_error(&request.redirect_uri) {
            same_state(&answer, &request)?;
            continue;
        }
        let tokens = target.tokens_for(&exchange(&target, &request, &answer)?).await?;
        let told = tokens.json["scope"].as_str().unwrap_or_default();
        let bad = scope.split(' ').filter(|name| *name != "profile");
        let ignored =
            !told.is_empty() && bad.clone().all(|name| !told.split(' ').any(|it| it == name));
        tokens.answer.must(
            ignored,
            format!("no token, or a \"scope\" without what is not given: {scope}"),
        )?;
    }
    target.still_works().await
}

/// The client's `state` came back as it was sent.
fn same_state(answer: &Answer, request: &AuthorizationRequest) -> Outcome {
    let same = answer.location_param("state").as_deref() == request.params.get("state");
    answer.must(same, "the state of the request")?;
    Ok(())
}

rule!(
    Check::server("R7.1", "a scope that is unknown, malformed or not the client's is invalid_scope at once")
        .lab_rule("RFC 6749 §4.1.2.1", "Near misses of known names, wrong separators and quotes, and another client's scope: invalid_scope with the state, before any login and with one, and no request is kept.")
        .why("Whoever logs in only to read that the client made a mistake has shown a password for nothing.")
        .run(|target| Box::pin(refused_at_once(target)))
);
async fn refused_at_once(target: Target) -> Outcome {
    let target = target.alone().await?;
    let mut known = known_browser(&target).await?;
    let before = waiting(&target).await?;
    let mut requests: Vec<(&App, &str)> =
        UNKNOWN.iter().chain(&MALFORMED).map(|scope| (&target.demo, *scope)).collect();
    requests.extend(beyond(&target));
    for (app, scope) in requests {
        let request = target.authorization_request(app).set("scope", scope);
        for browser in [&mut target.browser(), &mut known] {
            let answer = browser.get(request.url()).await?;
            answer.must_redirect_error(&request.redirect_uri, "invalid_scope")?;
            same_state(&answer, &request)?;
        }
    }
    let after = waiting(&target).await?;
    let sent = "requests with a scope that cannot be given";
    must(after == before, sent, "no row of authorization_requests", format!("{after} rows"))?;
    for scope in [
        "profile",
        "notes:write",
        "admin",
        "profile notes:read notes:write admin",
    ] {
        let good = target.request().set("scope", scope);
        let answer = target.browser().get(good.url()).await?;
        answer.must(
            answer.location_param("error").is_none(),
            "no error for a scope that may be asked for",
        )?;
    }
    target.still_works().await
}

/// How many requests wait for a user. At a server of somebody else others may ask at the same time: nobody counts there.
async fn waiting(target: &Target) -> Result<u64, Verdict> {
    if target.pair.is_none() {
        return Ok(0);
    }
    let state = target.debug_state().await?;
    Ok(state["counts"]["authorization_requests"].as_u64().unwrap_or_default())
}

rule!(
    Check::server("R7.1", "scope is one parameter, with blanks as + or %20")
        .lab_rule("RFC 6749 §3.1, §3.3", "Blanks may come as + or %20, colons as they are or as %3A; scope sent twice, or with a tab, is invalid_request; a plus as %2B, or blanks twice or at the end, are invalid_scope.")
        .why("A list that two readers read differently is granted by one and enforced by the other.")
        .run(|target| Box::pin(as_it_is_written(target)))
);
async fn as_it_is_written(target: Target) -> Outcome {
    let good = target.request();
    for written in [
        "profile+notes:read",
        "profile%20notes:read",
        "profile+notes%3Aread",
        "profile%20%6Eotes%3aread",
    ] {
        let tokens = tokens_at(&target, &good, &format!("&scope={written}")).await?;
        super::support::says(&tokens, &["profile", "notes:read"])?;
    }
    for (more, error) in [
        ("&scope=profile&scope=profile", "invalid_request"),
        ("&scope=profile&scope=notes:read", "invalid_request"),
        ("&scope=&scope=profile", "invalid_request"),
        ("&scope=profile%09notes:read", "invalid_request"),
        ("&scope=profile%00", "invalid_request"),
        ("&scope=profile%0Anotes:read", "invalid_request"),
        ("&scope=profile%2Bnotes:read", "invalid_scope"),
        ("&scope=profile++notes:read", "invalid_scope"),
        ("&scope=profile%20%20notes:read", "invalid_scope"),
        ("&scope=profile+", "invalid_scope"),
        ("&scope=%20profile", "invalid_scope"),
    ] {
        let answer = target.browser().get(format!("{}{more}", good.url())).await?;
        answer.must_redirect_error(&good.redirect_uri, error)?;
        same_state(&answer, &good)?;
    }
    target.still_works().await
}
