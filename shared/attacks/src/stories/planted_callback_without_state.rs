//! `planted-callback-without-state`: the same, hoping that a client with state also takes an answer without one.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Step};
use crate::support::callback::{Planted, STATE, plant};
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::ladder::Capability;

attack!(Attack {
    name: "planted-callback-without-state",
    title: "The same, hoping that a client with state also takes an answer without one",
    story: "The attacker takes state out of his callback address before he plants it. \
            A client that compares state only when there is one would take his code for the victim's.",
    steps: &[
        Step(
            Attacker,
            Server,
            "logs in as user1 and receives a callback address with his own code",
        ),
        Step(Attacker, Victim, "a link to that address, without the parameter state"),
        Step(Victim, Client, "her browser opens it: GET /callback?code=…"),
    ],
    section: "RFC 9700 §4.7.1",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::State, Stopped),
    ],
    guards: &[STATE],
    run: |scene| Box::pin(plant(scene, Planted::WithoutState)),
});
