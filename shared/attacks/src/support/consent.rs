//! The question that S asks: `silent-authorization`, `consent-clickjacking`, `consent-csrf`, `tampered-consent-form`.

use crate::attack::Guard;
use crate::scene::Scene;
use kit::flow::AuthorizationRequest;
use kit::html::{Form, consent_form};
use kit::ladder::Capability;
use kit::{Answer, Verdict};

/// No code without the user's word.
pub const ASKED: Guard = Guard::since(Capability::Consent)
    .line("server/authorize.rs", "consent::is_remembered(")
    .that("Being logged in is not enough: the user must have allowed this very client what it asks for.");

/// The same scene where nobody has allowed anything yet: what other attacks agreed to is remembered.
pub async fn unasked(scene: &Scene) -> Result<Scene, Verdict> {
    match scene.has(Capability::Consent) {
        true => Ok(scene.on(scene.target.alone().await?)),
        false => Ok(scene.clone()),
    }
}

/// The request of A's own application, demo-other: it would like to read the notes, where there are any.
pub fn his_request(scene: &Scene) -> Result<AuthorizationRequest, Verdict> {
    let request = scene.target.authorization_request(scene.target.other()?);
    Ok(match scene.has(Capability::Scopes) {
        true => request.set("scope", "profile notes:read"),
        false => request,
    })
}

/// The form of a page that asks for consent.
pub fn form(page: &Answer) -> Result<Form, Verdict> {
    page.must_be_page(200)?;
    let form = consent_form(&page.body).map(|(form, _)| form);
    form.ok_or_else(|| page.fail("a page with a consent form"))
}

/// What that form sends when somebody presses Allow.
pub fn allowed(form: &Form) -> Vec<(String, String)> {
    form.filled(&[("decision", "allow")])
}

/// The same, with a field changed or added.
pub fn with(mut form: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    form.retain(|pair| pair.0 != name);
    form.push((name.to_owned(), value.to_owned()));
    form
}
