//! Requests that are refused, and who is logged in.

use crate::server::support::stays_here;
use kit::answer::leads_to;
use kit::encoding::origin;
use kit::flow::{AuthorizationRequest, credentials};
use kit::html::{consent_form, login_form};
use kit::{Answer, Browser, Outcome, Target, Verdict};

/// More steps than this are a loop.
const MOST_STEPS: usize = 12;

/// Sends an authorization request that must end with an error that the user sees. A lab rule wants it at once, in a browser
/// without a session and in one with; for a MUST a login may come first (RFC 9700 §4.11.2 gives reasons for it).
pub async fn refused_by_page(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<(), Verdict> {
    if !target.exact {
        return stays_here(target, &outcome_of(target, request).await?);
    }
    stays_here(target, &target.browser().get(request.url()).await?)?;
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    stays_here(target, &known.get(request.url()).await?)
}

/// Sends an authorization request that must come back to the client with this error. Whether before or after the login
/// is the server's choice (RFC 9700 §4.11.2 gives reasons for both).
pub async fn refused_by_redirect(
    target: &Target,
    request: &AuthorizationRequest,
    error: &str,
) -> Result<Answer, Verdict> {
    let answer = outcome_of(target, request).await?;
    answer.must_redirect_error(&request.redirect_uri, error)?;
    Ok(answer)
}

/// Sends an authorization request that must bring no code. A lab rule wants `error` at the redirect URI; a MUST is content
/// with any error there, in the query or in the fragment, and with `or_here` also with one that is shown to the user.
pub async fn refused_somehow(
    target: &Target,
    request: &AuthorizationRequest,
    error: &str,
    or_here: bool,
) -> Outcome {
    if target.exact {
        refused_by_redirect(target, request, error).await?;
        return Ok(());
    }
    let answer = outcome_of(target, request).await?;
    if or_here && !answer.is_redirect() {
        return stays_here(target, &answer);
    }
    let wanted = format!("a redirect to {} with an error and no code", request.redirect_uri);
    answer.must(answer.tells_an_error(&request.redirect_uri), wanted)?;
    Ok(())
}

/// What becomes of an authorization request at last, after a login if the server asks for one.
pub async fn outcome_of(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<Answer, Verdict> {
    let mut browser = target.browser();
    let mut answer = browser.get(request.url()).await?;
    for _ in 0..MOST_STEPS {
        let inside = |to: String| origin(&to) == origin(&target.server);
        if answer.is_redirect() && answer.location().is_some_and(inside) {
            answer = browser.follow(&answer).await?;
            continue;
        }
        let page = if answer.status == 200 {
            answer.body.as_str()
        } else {
            ""
        };
        let (login, consent) = (login_form(page), consent_form(page));
        answer = if let Some(form) = login {
            browser.submit(&answer, &form, &credentials(target.user()?)).await?
        } else if let Some((form, yes)) = consent {
            let pressed = yes.iter().map(|button| (button.name.as_str(), button.value.as_str()));
            browser.submit(&answer, &form, &pressed.collect::<Vec<_>>()).await?
        } else {
            break;
        };
    }
    Ok(answer)
}

/// Does the server know who sits at this browser? It then answers a valid request without asking for a password.
pub async fn is_logged_in(target: &Target, browser: &mut Browser) -> Result<bool, Verdict> {
    let request = target.request();
    let mut answer = browser.get(request.url()).await?;
    for _ in 0..6 {
        if login_form(&answer.body).is_some() && answer.status == 200 {
            return Ok(false);
        }
        match answer.location() {
            Some(location) if leads_to(&location, &request.redirect_uri) => {
                answer.must(answer.location_param("code").is_some(), "a code")?;
                return Ok(true);
            }
            Some(location) if origin(&location) == origin(&target.server) => {
                answer = browser.follow(&answer).await?;
            }
            _ => break,
        }
    }
    Err(answer.fail("a login form, or a redirect to the client with a code"))
}
