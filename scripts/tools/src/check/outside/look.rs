//! A first look at the server: is it there, whom does it know, how do its clients authenticate.

use crate::check::outside::options::Options;
use kit::http::NOBODY;
use kit::ladder::Capability;
use kit::target::App;
use kit::{Answer, Request, Target, Verdict};

/// Looks at the server and corrects the target: clients that it does not know are nobody's fault.
/// Returns what a person should know before the list begins.
///
/// # Errors
/// The server is not there, or answers nothing at all: a text that says so, and what to do.
pub async fn look(target: &mut Target, options: &Options) -> Result<Vec<String>, String> {
    is_there(target).await?;
    let mut notes = Vec::new();
    notes.extend(further_on(target).await);
    let known = knows(target, &target.demo).await;
    if !known {
        notes.push(stranger(&target.demo));
    }
    // A server that refuses the first client has trouble of another kind than a missing second one.
    if known {
        if options.other.is_none() && unknown(target, target.other.as_ref()).await {
            target.other = None;
            notes.push(absent(
                "second client",
                "demo-other",
                "--other-client and --other-redirect-uri",
            ));
        }
        if options.public.is_none() && unknown(target, target.public.as_ref()).await {
            target.public = None;
            notes.push(absent("public client", "demo-public", "--public-client"));
        }
        notes.extend(by_body(target).await);
    }
    Ok(notes)
}

/// Two addresses, because one of them may be the broken one that the checks are to find.
async fn is_there(target: &Target) -> Result<(), String> {
    let home = target.http.send(Request::get(target.url("/"))).await;
    let Err(trouble) = home else { return Ok(()) };
    let (sent, got) = parts(&trouble);
    if got.starts_with(NOBODY) {
        return Err(format!(
            "Nobody listens at {}.\n\
             Start your server there, or name the address at which it is: --server http://localhost:5000",
            target.server
        ));
    }
    if target.http.send(Request::get(target.request().url())).await.is_ok() {
        return Ok(());
    }
    Err(format!(
        "Something listens at {}, but it does not answer: {got}.\n\
         Sent: {sent}, and an authorization request. The rest was not tried.\n\
         Is it the right port, and does the program speak HTTP? Try: curl -v {}/",
        target.server, target.server
    ))
}

fn parts(verdict: &Verdict) -> (String, String) {
    match verdict {
        Verdict::Failed { sent, got, .. } => (sent.clone(), got.clone()),
        Verdict::Skipped { needs } => (String::new(), needs.clone()),
    }
}

/// Does the server take the valid request of this client? A refusal by a page says that it does not know it.
async fn knows(target: &Target, app: &App) -> bool {
    let request = Request::get(target.authorization_request(app).url());
    let refused = |answer: &Answer| matches!(answer.status, 400..=499);
    target.http.send(request).await.map_or(true, |answer| !refused(&answer))
}

async fn unknown(target: &Target, app: Option<&App>) -> bool {
    match app {
        Some(app) => !knows(target, app).await,
        None => false,
    }
}

fn stranger(app: &App) -> String {
    format!(
        "Your server refuses the valid authorization request of {} with redirect_uri {}, so most checks cannot pass. \
         Register that client, or name yours: --client-id, --client-secret, --redirect-uri",
        app.client_id,
        app.redirect_uri()
    )
}

fn absent(what: &str, id: &str, option: &str) -> String {
    format!(
        "Your server does not know the {what} ({id}): what needs one is skipped. Register it, or name yours: {option}"
    )
}

/// A server that has PKCE already refuses the plain requests of v01 and v02.
async fn further_on(target: &mut Target) -> Option<String> {
    if target.has(Capability::Pkce) || target.code().await.is_ok() {
        return None;
    }
    target.demands_challenge = true;
    if target.code().await.is_ok() {
        return Some(
            "Your server demands PKCE, which comes with v03: the requests carry a challenge. Check it by v03 too.".to_owned(),
        );
    }
    target.demands_challenge = false;
    None
}

/// RFC 6749 §2.3.1 lets a server choose where it wants the secret. All checks but R4.6 then follow it.
async fn by_body(target: &mut Target) -> Option<String> {
    if !target.has(Capability::TokenEndpoint)
        || target.demo.client_secret.is_none()
        || target.tokens().await.is_ok()
    {
        return None;
    }
    target.secret_in_body = true;
    if target.tokens().await.is_ok() {
        return Some(
            "Your server takes the client's secret in the body, not by Basic: the checks do the same, R4.6 apart.".to_owned(),
        );
    }
    target.secret_in_body = false;
    None
}
