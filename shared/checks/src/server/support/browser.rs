//! Requests that are refused, and who is logged in.

use crate::server::support::stays_here;
use kit::answer::leads_to;
use kit::flow::AuthorizationRequest;
use kit::html::login_form;
use kit::{Answer, Browser, Outcome, Target, Verdict};

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
    let walk = target.path().with(Some(target.user()?));
    walk.open(&mut target.browser(), &request.url()).await
}

/// Does the server know who sits at this browser? It then answers a valid request without asking for a password.
pub async fn is_logged_in(target: &Target, browser: &mut Browser) -> Result<bool, Verdict> {
    let request = target.request();
    let walk = target.path().stopping_at(&request.redirect_uri);
    let end = walk.open(browser, &request.url()).await?;
    if login_form(&end.body).is_some() && end.status == 200 {
        return Ok(false);
    }
    let arrived = end.location().is_some_and(|to| leads_to(&to, &request.redirect_uri));
    end.must(arrived, "a login form, or a redirect to the client with a code")?;
    end.must(end.location_param("code").is_some(), "a code")?;
    Ok(true)
}
