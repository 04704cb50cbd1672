//! R8.3: whoever reads the store learns no secret.

use crate::server::r8::two::on_each;
use crate::server::support::must;
use crate::{Check, rule};
use kit::encoding::{random, s256};
use kit::flow::{Grant, Question, credentials};
use kit::jwt::Jwt;
use kit::{Outcome, Target};

rule!(
    Check::server("R8.3", "no secret stands in the store or in a log")
        .lab_rule("RFC 6819 §5.1.4.1.3", "After whole flows, no file of the engine and no line of a log holds a code, ticket, session id, csrf_token, state, access token, its signature, or either half of a refresh token; the hash of the code is there.")
        .why("Whoever steals a backup should hold a list of riddles, and not a bag of keys.")
        .run(|target| Box::pin(nothing_to_steal(target)))
);
async fn nothing_to_steal(target: Target) -> Outcome {
    on_each(&target, async |two| {
        let one = &two.one;
        let mut secrets: Vec<(&str, String)> = Vec::new();
        let state = format!("state{}", random());
        let request = one.request().set("state", &state);
        let mut browser = one.browser();
        let (page, form) = one.login_page(&mut browser, &request).await?;
        for (name, value) in form.filled(&[]) {
            if name == "ticket" {
                secrets.push(("ticket", value));
            }
        }
        let answer = browser.submit(&page, &form, &credentials(one.user()?)).await?;
        let path = one.path().stopping_at(&request.redirect_uri).without_consent();
        let asked = path.from(&mut browser, answer).await?;
        let question = Question::of(&asked).ok_or_else(|| asked.fail("the question of consent"))?;
        secrets.push(("csrf_token", question.hidden("csrf_token")?.to_owned()));
        let end = browser.reply(&question, &question.allow()).await?;
        let grant = Grant::of(&request, end)?;
        let code = grant.code.clone();
        secrets.extend(browser.cookies().iter().map(|cookie| ("session id", cookie.value.clone())));
        let tokens = one.tokens_for(&one.redeem(&grant)).await?;
        let next = two
            .other
            .tokens_for(&two.other.refresh(&two.other.demo, tokens.refresh_token()?))
            .await?;
        for tokens in [&tokens, &next] {
            secrets.push(("access token", tokens.access_token.clone()));
            let signature = tokens.access_token.rsplit('.').next().unwrap_or_default().to_owned();
            secrets.push(("signature", signature));
            let jwt = Jwt::read(&tokens.access_token);
            secrets
                .extend(jwt.and_then(|jwt| Some(("jti", jwt.claims["jti"].as_str()?.to_owned()))));
            let halves = tokens.refresh_token()?.split('.');
            secrets.extend(halves.map(|half| ("half of a refresh token", half.to_owned())));
        }
        secrets.push(("code", code.clone()));
        secrets.push(("state", state));
        must(
            secrets.iter().all(|(_, secret)| secret.len() >= 16),
            "a login",
            "long secrets",
            format!("{secrets:?}"),
        )?;
        let logs = [
            one.pair()?.server.log(),
            two.second.log(),
        ]
        .concat();
        // What was acknowledged is on the disk, or in a journal on its way.
        let stored = two.engine.bytes();
        let stored =
            stored.map_err(|why| kit::Verdict::failed("read the store", "its files", why))?;
        // Every secret is ASCII, and what is no text has no part in it.
        let stored = String::from_utf8_lossy(&stored);
        must(
            stored.contains(&s256(&code)),
            "read the store",
            "the hash of the code: so the look sees what is there",
            "none",
        )?;
        for (kind, secret) in &secrets {
            let sent = format!("a login, and then a look into the store for the {kind}");
            must(!stored.contains(secret), &sent, "nothing", format!("the {kind} stands there"))?;
            must(
                !logs.contains(secret),
                &sent,
                "nothing in the logs",
                format!("the {kind} stands there"),
            )?;
        }
        // What a session and a question say of a browser.
        must(
            !stored.contains("browser"),
            "read the store",
            "no key of a browser",
            "one stands there",
        )?;
        must(
            !stored.contains(&one.user()?.password),
            "read the store",
            "no password",
            "it stands there",
        )?;
        Ok(())
    })
    .await
}
