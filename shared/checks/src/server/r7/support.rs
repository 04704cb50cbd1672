//! Tokens with a scope, and the doors that a scope opens.

use kit::flow::{AuthorizationRequest, Grant, TokenRequest, Tokens};
use kit::target::{App, User};
use kit::{Answer, Browser, Outcome, Request, Target, Verdict};

/// A door of the API, and the one scope that opens it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Door {
    pub(super) scope: &'static str,
    method: &'static str,
    path: &'static str,
}

/// All doors: one for each scope.
pub(super) const DOORS: [Door; 4] = [
    door("profile", "GET", "/api/me"),
    door("notes:read", "GET", "/api/notes"),
    door("notes:write", "POST", "/api/notes"),
    door("admin", "GET", "/api/admin/users"),
];

const fn door(scope: &'static str, method: &'static str, path: &'static str) -> Door {
    Door {
        scope,
        method,
        path,
    }
}

impl Door {
    /// The request that knocks, without a token.
    pub(super) fn request(self, target: &Target) -> Request {
        match self.method {
            "POST" => Request::form(target.url(self.path), &[("text", "Feed the cat.")]),
            _ => Request::get(target.url(self.path)),
        }
    }

    /// Knocks with a token.
    pub(super) async fn knock(self, target: &Target, token: &str) -> Result<Answer, Verdict> {
        target.http.send(self.request(target).bearer(token)).await
    }

    /// The token opens it.
    pub(super) async fn opens(self, target: &Target, token: &str) -> Outcome {
        let status = if self.method == "POST" { 201 } else { 200 };
        self.knock(target, token).await?.must_be(status)?;
        Ok(())
    }

    /// The token is good, and does not open it (RFC 6750 §3.1). That the challenge names the scope, and what else goes
    /// with it, is a lab rule.
    pub(super) async fn stays_shut(self, target: &Target, token: &str) -> Outcome {
        let answer = self.knock(target, token).await?;
        answer.must_be_bearer_error(403, Some("insufficient_scope"))?;
        if target.exact {
            let challenge = answer.challenge("Bearer").unwrap_or_default();
            let named = challenge.matches("scope=\"").count() == 1
                && challenge.contains(&format!(", scope=\"{}\"", self.scope));
            answer.must(named, format!("scope=\"{}\" in the challenge", self.scope))?;
            let told = answer.json().is_some_and(|json| json["error"] == "insufficient_scope");
            answer.must(told, "JSON with \"error\":\"insufficient_scope\"")?;
            answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
        }
        Ok(())
    }
}

/// Opens exactly the doors of these scopes.
pub(super) async fn opens_only(target: &Target, token: &str, scopes: &[&str]) -> Outcome {
    for door in DOORS {
        match scopes.contains(&door.scope) {
            true => door.opens(target, token).await?,
            false => door.stays_shut(target, token).await?,
        }
    }
    Ok(())
}

/// A user who may do everything that a scope can stand for: the second one of the lab is an admin.
pub(super) fn admin(target: &Target) -> Result<&User, Verdict> {
    let admin = target.users.get(1);
    admin.ok_or_else(|| Verdict::skipped("a second user, who is an admin (user1)"))
}

/// The client that is asked about each time, so that no other check has answered before: the public one.
pub(super) fn always_asked(target: &Target) -> Result<AuthorizationRequest, Verdict> {
    Ok(target.authorization_request(target.public()?).set("scope", "profile notes:read"))
}

/// Tokens of a client for a user who agreed to this scope.
pub(super) async fn tokens_with(
    target: &Target,
    app: &App,
    user: &User,
    scope: &str,
) -> Result<Tokens, Verdict> {
    let request = target.authorization_request(app).set("scope", scope);
    let grant = target.code_for(&mut target.browser(), &request, user).await?;
    target.tokens_for(&target.redeem(&grant)).await
}

/// The exchange of the code that this answer brings to the client.
pub(super) fn exchange(
    target: &Target,
    request: &AuthorizationRequest,
    answer: &Answer,
) -> Result<TokenRequest, Verdict> {
    let code = answer.location_param("code").filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| answer.fail("a redirect to the client with a code"))?;
    Ok(target.redeem(&Grant {
        app: request.app.clone(),
        code,
        redirect_uri: request.redirect_uri.clone(),
        code_verifier: request.code_verifier.clone(),
        answer: answer.clone(),
    }))
}

/// Tokens for a request whose query is written by hand, by the first user.
pub(super) async fn tokens_at(
    target: &Target,
    request: &AuthorizationRequest,
    more: &str,
) -> Result<Tokens, Verdict> {
    let mut browser = target.browser();
    let first = browser.get(format!("{}{more}", request.url())).await?;
    let answer = target.walk_on(&mut browser, request, first, Some(target.user()?)).await?;
    target.tokens_for(&exchange(target, request, &answer)?).await
}

/// The token response says exactly this scope, in any order and each name once.
pub(super) fn says(tokens: &Tokens, scopes: &[&str]) -> Outcome {
    let text = tokens.json["scope"].as_str().unwrap_or_default();
    let mut told: Vec<&str> = text.split(' ').collect();
    told.sort_unstable();
    let mut wanted = scopes.to_vec();
    wanted.sort_unstable();
    tokens.answer.must(told == wanted, format!("\"scope\":\"{}\"", scopes.join(" ")))?;
    Ok(())
}

/// A browser in which the first user is logged in.
pub(super) async fn known_browser(target: &Target) -> Result<Browser, Verdict> {
    let mut browser = target.browser();
    target.log_in(&mut browser, target.user()?).await?;
    Ok(browser)
}

/// No code, and no address at all to go to. A lab rule wants a page with 403.
pub(super) fn gives_nothing(target: &Target, answer: &Answer) -> Outcome {
    if target.exact {
        answer.must_be_page(403)?;
    }
    let location = answer.location().unwrap_or_default();
    answer.must(!location.contains("code="), "no code")?;
    Ok(())
}
