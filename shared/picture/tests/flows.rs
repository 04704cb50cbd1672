//! Which messages are one flow, and which only look as if they were.

mod common;

use common::Said;
use common::all;
use common::ask;
use common::call;
use common::flow;
use common::item;
use common::merged;
use common::told;
use common::wires;
use picture::Cast;
use picture::Note;
use picture::flows;
use picture::page;
use picture::together;

#[test]
fn numbers_of_two_parts_are_two_numbers() {
    let merged = merged(&[
        ask("client", 300, "GET /start").of(1),
        ask("server", 100, "GET /authorize").of(1),
        ask("client", 200, "GET /start").of(2),
        ask("client", 400, "GET /callback").of(1),
    ]);
    // The oldest flow is the first.
    let found: Vec<_> = merged.flows.iter().map(|flow| (flow.number, wires(flow))).collect();
    assert_eq!(
        found,
        [
            (1, vec!["GET /authorize"]),
            (2, vec!["GET /start"]),
            (3, vec!["GET /start", "GET /callback"])
        ]
    );
    assert_eq!(merged.flows[2].logs, [("client".to_string(), 1)]);
}

#[test]
fn a_code_binds_two_flows_and_a_state_does_not() {
    let pair = |name: &str| {
        let first = ask("client", 100, "GET /callback").of(1).with(item(name, "a-value"));
        let second = call("server", 900_000, "POST /token").of(1).answered(900_100, 200, &[]);
        merged(&[
            first,
            second.with(item(name, "a-value")),
        ])
        .flows
        .len()
    };
    for name in [
        "code",
        "access_token",
        "refresh_token",
        "Authorization",
    ] {
        assert_eq!(pair(name), 1, "{name}");
    }
    for name in [
        "state",
        "ticket",
        "code_challenge",
        "codes",
        "CODE",
    ] {
        assert_eq!(pair(name), 2, "{name}");
    }
}

#[test]
fn an_access_token_that_was_answered_binds_the_request_that_shows_it() {
    let issued = call("server", 100, "POST /token").of(1);
    let issued = issued.answered(200, 200, &[item("access_token", "a.b.signature")]);
    // Of a token in parts the last one counts.
    let shown = call("server", 900_000, "GET /api/me").with(item("Authorization", "signature"));
    assert_eq!(flow(&[shown, issued]).rows.len(), 3);
}

#[test]
fn what_belongs_to_no_flow_is_kept_apart() {
    let home = ask("client", 50, "GET /");
    let merged = merged(&[
        home,
        ask("client", 100, "GET /start").of(3),
    ]);
    assert_eq!(merged.flows[0].logs, [("client".to_string(), 3)]);
    assert_eq!(merged.others.as_ref().map(wires), Some(vec!["GET /"]));
    assert!(common::merged(&[]).others.is_none());
    assert!(common::merged(&[]).flows.is_empty());
}

/// A whole login, in brief.
fn login() -> Vec<Note> {
    let (state, code) = (item("state", "a-state"), item("code", "a-code"));
    vec![
        ask("client", 100, "GET /start").of(1).sent_to(
            200,
            "server",
            "/authorize",
            std::slice::from_ref(&state),
        ),
        ask("server", 300, "GET /authorize").of(4).with(state.clone()).sent_to(
            400,
            "client",
            "/callback",
            &[code.clone(), state.clone()],
        ),
        ask("client", 500, "GET /callback").with(code.clone()).with(state).answered(900, 200, &[]),
        call("client", 600, "POST /token").with(code.clone()).answered(800, 200, &[]),
        call("server", 650, "POST /token").with(code).answered(750, 200, &[]),
    ]
}

#[test]
fn the_picture_does_not_depend_on_the_order_in_which_the_notes_come() {
    let cast = Cast::pair();
    let whole = page(&merged(&login()), &cast);
    assert_eq!(merged(&login()).flows.len(), 1);
    let mut notes = login();
    for turn in 0..notes.len() * 4 {
        // Every rotation, and swaps of neighbours.
        notes.rotate_left(1);
        let last = notes.len() - 1;
        notes.swap(turn % last, last);
        let mut told = told(&notes);
        told.rotate_left(turn % 2);
        assert_eq!(page(&flows(told, &cast), &cast), whole, "turn {turn}");
    }
}

#[test]
fn with_half_of_the_story_the_other_half_is_still_told() {
    for part in ["client", "server"] {
        let half: Vec<Note> = login().into_iter().filter(|note| note.by == part).collect();
        let merged = merged(&half);
        assert_eq!(merged.flows.len(), 1, "{part}: {}", all(&merged));
    }
}

#[test]
fn together_is_one_flow_whatever_belongs_to_what() {
    let mut notes = login();
    notes.push(ask("client", 150, "GET /"));
    notes.push(ask("server", 10, "GET /welcome").of(9));
    let flow = together(told(&notes), &Cast::pair());
    assert_eq!((flow.number, flow.at), (1, 10));
    assert_eq!(wires(&flow)[..3], ["GET /welcome", "GET /start", "GET /"]);
    assert_eq!(flow.rows.iter().filter(|row| row.wire == "POST /token").count(), 1);
}

#[test]
fn what_found_no_room_is_counted_over_all_parts() {
    let mut told = told(&login());
    (told[0].dropped, told[1].dropped) = (3, 4);
    let merged = flows(told, &Cast::pair());
    assert_eq!(merged.dropped, 7);
    assert!(page(&merged, &Cast::pair()).contains("7 older messages are no longer kept."));
}
