//! The same code twice: `code-replay`, `code-race`; and `password-grant`, the door beside the code.

use crate::attack::Guard;
use kit::Answer;
use kit::ladder::Capability;

/// How many redeem the same thing at the same moment.
pub const CROWD: usize = 50;

/// A code is judged and marked under one lock.
pub(crate) const ONE_LOCK: Guard = Guard::since(Capability::TokenEndpoint)
    .before(Capability::SharedStore)
    .line("server/code.rs", "row.grant_id.get_or_insert_with(|| grant_id.clone()).clone()")
    .that("Under one lock the code is looked at and marked with what it led to: of many, one is the first.");

/// A code is judged and marked in one step.
pub(crate) const ONE_STEP: Guard = Guard::since(Capability::SharedStore)
    .line("server/code.rs", "row.grant_id.get_or_insert_with(|| grant_key.clone()).clone()")
    .that("In one step the code is looked at and marked with what it led to: of many, one is the first.");

/// The access token of a token response.
pub fn access_token(answer: &Answer) -> String {
    answer.json().unwrap_or_default()["access_token"].as_str().unwrap_or_default().to_owned()
}
