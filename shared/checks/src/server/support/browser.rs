//! Requests that are refused, and who is logged in.

use crate::answer::Answer;
use crate::answer::leads_to;
use crate::browser::Browser;
use crate::check::Verdict;
use crate::encoding::origin;
use crate::flow::AuthorizationRequest;
use crate::html::login_form;
use crate::target::Target;

/// Sends an authorization request that must end on an error page, in a browser without a session and in one with:
/// the judgement must not wait for a login (RFC 6749 §4.1.2.1).
pub async fn refused_by_page(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<(), Verdict> {
    target.browser().get(request.url()).await?.must_be_page(400)?;
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    known.get(request.url()).await?.must_be_page(400)?;
    Ok(())
}

/// Sends an authorization request that must come back to the client with this error. Whether before or after the login
/// is the server's choice (RFC 9700 §4.11.2 gives reasons for both).
pub async fn refused_by_redirect(
    target: &Target,
    request: &AuthorizationRequest,
    error: &str,
) -> Result<Answer, Verdict> {
    let mut browser = target.browser();
    let mut answer = browser.get(request.url()).await?;
    let inside = |to: String| origin(&to) == origin(&target.server);
    if answer.is_redirect() && answer.location().is_some_and(inside) {
        let walked =
            target.walk_on(&mut browser, request, answer.clone(), Some(target.user()?)).await;
        answer = walked.unwrap_or(answer);
    }
    answer.must_redirect_error(&request.redirect_uri, error)?;
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
