//! `code-leak-history`: the browser's history keeps the code.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Step};
use crate::stories::code_injection::VERIFIER;
use crate::support::leaks::{CLEAN_ADDRESS, CLEAN_ADDRESS_OF_A_PURPOSE, history};
use crate::who::Who::{Attacker, Client, Victim};
use kit::ladder::Capability;

attack!(Attack {
    name: "code-leak-history",
    title: "The browser's history keeps the code",
    story: "The browser ends on the callback address and keeps it in its history, and so does everything that records addresses. \
            Whoever sits at that machine later reads the code there and uses it, if it is still good.",
    steps: &[
        Step(Victim, Client, "her browser ends on /callback?code=… and she walks away"),
        Step(Attacker, Victim, "sits down at her machine and opens the history"),
        Step(Attacker, Client, "delivers the code in a flow of his own"),
    ],
    section: "RFC 9700 §4.3.1, OAuth 2.1 §2.3.6",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::TokenEndpoint, Stopped),
    ],
    guards: &[
        CLEAN_ADDRESS,
        CLEAN_ADDRESS_OF_A_PURPOSE,
        VERIFIER
    ],
    run: |scene| Box::pin(history(scene)),
});
