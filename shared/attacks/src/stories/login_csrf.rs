//! `login-csrf`: the victim works inside the attacker's account.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Step};
use crate::support::callback::{Planted, STATE, plant};
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::ladder::Capability;

attack!(Attack {
    name: "login-csrf",
    title: "The victim works inside the attacker's account",
    story: "The attacker logs in as himself and stops before his code reaches the client. \
            He puts that callback address behind a link: the victim's browser delivers his code. Where the client logs her in by that code, she works in his account from then on. \
            Where the client keeps notes for her, he reads at home what she writes down about her spare key.",
    steps: &[
        Step(
            Attacker,
            Server,
            "logs in as user1 and receives a callback address with his own code",
        ),
        Step(Attacker, Victim, "a link to that address, which he has not opened himself"),
        Step(Victim, Client, "her browser opens it: GET /callback?code=…"),
    ],
    section: "RFC 9700 §4.7",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::State, Stopped),
    ],
    guards: &[STATE],
    run: |scene| Box::pin(plant(scene, Planted::Whole)),
});
