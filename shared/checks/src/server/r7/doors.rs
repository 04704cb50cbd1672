//! R7.5: the API opens each door for the scope that it needs, and for no other.

use crate::server::r7::support::{DOORS, admin, opens_only, tokens_with};
use crate::{Check, rule};
use kit::encoding::random;
use kit::{Outcome, Request, Target};

rule!(
    Check::server("R7.5", "a token that may not do this gets 403 insufficient_scope")
        .should("RFC 6750 §3.1", "For each door of the API a token with every other scope, and one with just this scope: the first is 403 with error=\"insufficient_scope\", the second opens it.")
        .why("A 401 would make the client renew a token that is good, again and again.")
        .run(|target| Box::pin(one_scope_missing(target)))
);
async fn one_scope_missing(target: Target) -> Outcome {
    let user = admin(&target)?;
    for door in DOORS {
        let others: Vec<&str> =
            DOORS.iter().map(|other| other.scope).filter(|scope| *scope != door.scope).collect();
        let without = tokens_with(&target, &target.demo, user, &others.join(" ")).await?;
        door.stays_shut(&target, &without.access_token).await?;
        let with = tokens_with(&target, &target.demo, user, door.scope).await?;
        door.opens(&target, &with.access_token).await?;
    }
    Ok(())
}

rule!(
    Check::server("R7.5", "each scope opens its own door and no other")
        .lab_rule("RFC 6750 §3.1", "For every set of scopes and every door: open, or 403 with insufficient_scope and the one scope that is missing, in the challenge and in JSON, not cacheable.")
        .why("The challenge tells the client what to ask its user for.")
        .run(|target| Box::pin(whole_table(target)))
);
async fn whole_table(target: Target) -> Outcome {
    let user = admin(&target)?;
    for set in 1..16_u32 {
        let chosen = DOORS.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        let scopes: Vec<&str> = chosen.map(|(_, door)| door.scope).collect();
        let tokens = tokens_with(&target, &target.demo, user, &scopes.join(" ")).await?;
        opens_only(&target, &tokens.access_token, &scopes).await?;
    }
    Ok(())
}

rule!(
    Check::server("R7.5", "the doors of the API answer their own methods, and HEAD is none of them")
        .lab_rule("RFC 9110 §15.5.6", "With a good token HEAD, PUT, DELETE and PATCH at /api/notes, and POST too at /api/admin/users, are 405, with an Allow that names what is answered.")
        .why("A 405 that does not name POST tells the client that nobody can write.")
        .run(|target| Box::pin(methods(target)))
);
async fn methods(target: Target) -> Outcome {
    let all = DOORS.map(|door| door.scope).join(" ");
    let tokens = tokens_with(&target, &target.demo, admin(&target)?, &all).await?;
    for (path, taken) in [
        ("/api/notes", &["GET", "POST"][..]),
        ("/api/admin/users", &["GET"]),
    ] {
        for method in ["HEAD", "PUT", "DELETE", "PATCH", "POST"] {
            if taken.contains(&method) {
                continue;
            }
            let request = Request::new(method, target.url(path)).bearer(&tokens.access_token);
            let answer = target.http.send(request).await?;
            answer.must_be(405)?;
            let named = taken.iter().all(|taken| answer.has_word("allow", taken));
            let good = named && !answer.has_word("allow", method);
            answer.must(good, format!("an Allow header with {taken:?} and without {method}"))?;
        }
    }
    for door in DOORS {
        door.opens(&target, &tokens.access_token).await?;
    }
    Ok(())
}

rule!(
    Check::server("R7.5", "every door of the API judges the token before its scope")
        .lab_rule("RFC 6750 §3.1", "At each door: no token 401 without an error, a made-up, a replaced and a query token 401 or 400, whatever its scope would have been; the good one opens it.")
        .why("Whoever adds a door to an API forgets the lock of the first one.")
        .run(|target| Box::pin(same_lock(target)))
);
async fn same_lock(target: Target) -> Outcome {
    let all = DOORS.map(|door| door.scope).join(" ");
    let old = tokens_with(&target, &target.demo, admin(&target)?, &all).await?;
    let next = target.refresh(&target.demo, old.refresh_token()?);
    let new = target.tokens_for(&next).await?;
    for door in DOORS {
        let bare = target.http.send(door.request(&target)).await?;
        bare.must_be_bearer_error(401, None)?;
        for dead in [
            random(),
            format!("{}x", new.access_token),
            old.access_token.clone(),
        ] {
            let answer = door.knock(&target, &dead).await?;
            answer.must_be_bearer_error(401, Some("invalid_token"))?;
        }
        let mut query = door.request(&target);
        query.url = format!("{}?access_token={}", query.url, new.access_token);
        target.http.send(query.clone()).await?.must_be_bearer_error(401, None)?;
        let both = target.http.send(query.bearer(&new.access_token)).await?;
        both.must_be_bearer_error(400, Some("invalid_request"))?;
        door.opens(&target, &new.access_token).await?;
    }
    Ok(())
}
