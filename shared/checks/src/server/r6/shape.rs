//! R6.1, R6.3: the form of a refresh token, and what is no refresh token at all.

use crate::server::support::{almost, must_be_alive, of_this_lab};
use crate::{Check, rule};
use kit::encoding::random;
use kit::flow::Tokens;
use kit::{Outcome, Target, Verdict};

/// The two parts of a refresh token of this lab.
pub(super) fn halves(tokens: &Tokens) -> Result<(String, String), Verdict> {
    let token = tokens.refresh_token()?;
    let whole = |part: &str| {
        part.len() == 43 && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let halves = token.split_once('.').filter(|(name, secret)| whole(name) && whole(secret));
    let wanted = "a refresh_token of two parts, 43 characters of base64url each";
    let (name, secret) = halves.ok_or_else(|| tokens.answer.fail(wanted))?;
    Ok((name.to_owned(), secret.to_owned()))
}

rule!(
    Check::server("R6.1", "a refresh token names its login and keeps a secret beside the name")
        .lab_rule("RFC 9700 §4.14.2", "Two parts of 43 base64url characters with a dot between them; the first stays through all refreshes of a login, the second is new each time; two logins share neither.")
        .why("So an old token is known for what it is, however many came after it, and a login is one row.")
        .run(|target| Box::pin(two_parts(target)))
);
async fn two_parts(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let mut tokens = target.tokens().await?;
    let (name, secret) = halves(&tokens)?;
    let mut secrets = vec![secret];
    for _ in 0..5 {
        let next = target.refresh(&target.demo, tokens.refresh_token()?);
        tokens = target.tokens_for(&next).await?;
        let (same, new) = halves(&tokens)?;
        let good = same == name && new != name && !secrets.contains(&new);
        tokens.answer.must(good, "the same first part and a new second part")?;
        secrets.push(new);
    }
    let other = target.tokens().await?;
    let (other_name, other_secret) = halves(&other)?;
    let apart = other_name != name && !secrets.contains(&other_secret);
    other.answer.must(apart, "another first part for another login")?;
    Ok(())
}

/// Not two parts of 43 base64url characters, although made of the right ones.
fn broken(name: &str, secret: &str) -> Vec<String> {
    let short = |part: &str| part[..42].to_owned();
    let mut broken = vec![
        format!("{}.{secret}", short(name)),
        format!("{name}.{}", short(secret)),
        format!("{name}A.{secret}"),
        format!("{name}.{secret}A"),
        format!("{name}."),
        format!(".{secret}"),
        name.to_owned(),
        secret.to_owned(),
        ".".to_owned(),
        format!("{name}{secret}"),
        format!("{name}..{secret}"),
        format!("{name}.{secret}."),
        format!(".{name}.{secret}"),
        format!("{name}.{secret}.{secret}"),
        format!("{name}.{secret}.x"),
        format!("{name}:{secret}"),
        format!("{name}.{secret}="),
        format!(" {name}.{secret}"),
        format!("{name}.{secret} "),
        format!("{name} .{secret}"),
    ];
    for stranger in ["+", "/", "=", "~", " ", "%", "."] {
        broken.push(format!("{name}.{}{stranger}", short(secret)));
        broken.push(format!("{}{stranger}.{secret}", short(name)));
    }
    // 43 characters, but not 43 bytes; and 43 bytes, but not 43 characters.
    broken.push(format!("{name}.{}é", short(secret)));
    broken.push(format!("{name}.{}é", &secret[..41]));
    broken
}

rule!(
    Check::server("R6.3", "what is no refresh token of this server harms nobody")
        .lab_rule("RFC 6749 §5.2", "One character too few or too many, another alphabet, three parts, an empty part: 400 invalid_grant, and the login lives on.")
        .why("A token that was cut on its way is a mistake, no theft; it must not end the login that it was meant for.")
        .run(|target| Box::pin(malformed(target)))
);
async fn malformed(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let tokens = target.tokens().await?;
    let (name, secret) = halves(&tokens)?;
    for token in broken(&name, &secret) {
        let answer = target.send(&target.refresh(&target.demo, &token)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
        lives(&target, &tokens).await?;
    }
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}

/// The login was not ended.
async fn lives(target: &Target, tokens: &Tokens) -> Outcome {
    let when = "the access token of the login, after a token that is not its own";
    must_be_alive(target, &tokens.access_token, true, when).await
}

rule!(
    Check::server("R6.3", "a refresh token of no login, or of a name that is almost right, harms nobody")
        .lab_rule("RFC 6749 §5.2", "A made-up first part, also one character or one letter's case off the right one, beside the right second part: 400 invalid_grant, and the login lives on; the parts swapped likewise.")
        .why("Only who knows the name of a login may be taken for somebody who had its token.")
        .run(|target| Box::pin(unknown_family(target)))
);
async fn unknown_family(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let tokens = target.tokens().await?;
    let (name, secret) = halves(&tokens)?;
    let mut names = almost(&name);
    names.push(random());
    names.push(secret.clone());
    let mut strangers: Vec<String> =
        names.iter().map(|stranger| format!("{stranger}.{secret}")).collect();
    strangers.push(format!("{}.{}", random(), random()));
    strangers.push(format!("{secret}.{name}"));
    for token in strangers {
        let answer = target.send(&target.refresh(&target.demo, &token)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
        lives(&target, &tokens).await?;
    }
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}
