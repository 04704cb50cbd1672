//! What came after what, when clocks agree and when they don't.

mod common;

use common::Said;
use common::ask;
use common::flow;
use common::wires;
use picture::Note;
use picture::Verb;

#[test]
fn what_a_process_does_stands_between_the_request_and_the_answer() {
    let note = ask("server", 100, "POST /login").of(1).answered(900, 303, &[]);
    let note = note.does(300, Verb::Store, "Code", "b", &[]);
    // Noted later, done earlier.
    let note = note.does(200, Verb::Find, "User", "a", &[]);
    assert_eq!(
        wires(&flow(&[note])),
        [
            "POST /login",
            "User",
            "Code",
            "303 Said"
        ]
    );
}

#[test]
fn at_one_and_the_same_moment_cause_comes_before_effect() {
    let first = ask("client", 100, "GET /start").of(1).sent_to(100, "server", "/authorize", &[]);
    let second = ask("server", 100, "GET /authorize").does(100, Verb::Store, "Request", "a", &[]);
    let second = second.answered(100, 200, &[]);
    let whole = [
        "GET /start",
        "303 → /authorize (authorization server)",
        "GET /authorize",
        "Request",
        "200 Said",
    ];
    assert_eq!(wires(&flow(&[first.clone(), second.clone()])), whole);
    assert_eq!(wires(&flow(&[second, first])), whole);
}

#[test]
fn deeds_at_one_moment_keep_the_order_in_which_they_were_noted() {
    let note = (0..20).fold(ask("server", 100, "POST /token").of(1), |note, nth| {
        note.does(200, Verb::Find, &format!("Row{nth}"), "a", &[])
    });
    let rows = (0..20).map(|nth| format!("Row{nth}"));
    assert_eq!(wires(&flow(&[note]))[1..], rows.collect::<Vec<_>>());
}

#[test]
fn a_deed_from_before_its_request_is_told_after_it_and_one_from_after_the_answer_stays_there() {
    let note = ask("client", 100, "GET /callback").of(1).answered(200, 200, &[]);
    let note = note.does(50, Verb::Find, "Early", "a", &[]);
    let note = note.does(300, Verb::Store, "Late", "b", &[]);
    assert_eq!(
        wires(&flow(&[note])),
        [
            "GET /callback",
            "Early",
            "200 Said",
            "Late"
        ]
    );
}

/// Start, authorize, callback: each sends the browser on to the next, by clocks that are this far ahead.
fn chain(ahead: [i64; 3]) -> Vec<Note> {
    let at = |nth: i64, ahead: i64| u64::try_from(1_000_000 + nth * 1000 + ahead).unwrap();
    let [a, b, c] = ahead;
    vec![
        ask("client", at(0, a), "GET /start").of(1).sent_to(
            at(0, a) + 100,
            "server",
            "/authorize",
            &[],
        ),
        ask("server", at(1, b), "GET /authorize")
            .does(at(1, b) + 50, Verb::Store, "Code", "a", &[])
            .sent_to(at(1, b) + 100, "client", "/callback", &[]),
        ask("client", at(2, c), "GET /callback")
            .does(at(2, c) + 50, Verb::Change, "Pending", "a", &[])
            .answered(at(2, c) + 100, 200, &[]),
    ]
}

#[test]
fn a_clock_that_is_set_back_turns_nothing_around() {
    let whole = [
        "GET /start",
        "303 → /authorize (authorization server)",
        "GET /authorize",
        "Code",
        "303 → /callback (client)",
        "GET /callback",
        "Pending",
        "200 Said",
    ];
    for ahead in [
        [0, 0, 0],
        [0, -40_000, 0],
        [0, 40_000, 0],
        [0, -20_000, -50_000],
        [40_000, 0, -10_000],
    ] {
        let flow = flow(&chain(ahead));
        assert_eq!(wires(&flow), whole, "{ahead:?}");
        assert_eq!(flow.rows.iter().filter(|row| row.follows).count(), 2, "{ahead:?}");
    }
}

#[test]
fn a_redirect_to_itself_ends() {
    let around = |at| ask("client", at, "GET /").of(1).sent_to(at + 10, "client", "/", &[]);
    let flow = flow(&[around(100), around(105), around(95)]);
    assert_eq!(flow.rows.len(), 6);
}

#[test]
fn moments_beyond_all_clocks_are_no_trouble() {
    for at in [0, 1, u64::MAX - 1, u64::MAX] {
        let note = ask("client", at, "GET /start").of(1);
        let note = note.does(at, Verb::Find, "Row", "a", &[]).sent_to(at, "client", "/", &[]);
        let call = common::call("client", at, "POST /token").of(1).answered(at, 200, &[]);
        let same = common::call("server", u64::MAX, "POST /token").answered(0, 200, &[]);
        let next = ask("client", u64::MAX, "GET /").of(1).answered(u64::MAX, 200, &[]);
        let flows = common::merged(&[note, call, same, next]);
        assert!(!picture::page(&flows, &picture::Cast::pair()).is_empty(), "{at}");
    }
}

#[test]
fn a_row_says_how_long_after_the_beginning_it_was() {
    let note = ask("client", 1_000, "GET /start").of(1).answered(2_999, 200, &[]);
    let after = |flow: &picture::Flow| flow.rows.iter().map(|row| row.after).collect::<Vec<_>>();
    assert_eq!(after(&flow(std::slice::from_ref(&note))), [0, 1]);
    let later = ask("client", 3_000, "GET /").of(1);
    assert_eq!(after(&flow(&[later, note])), [0, 1, 2]);
}
