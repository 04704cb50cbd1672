//! A redirect is two messages: the answer, and the request that follows it.

mod common;

use common::Said;
use common::all;
use common::ask;
use common::changed;
use common::flow;
use common::item;
use common::merged;
use common::plain;
use common::wires;
use picture::Note;

/// When the redirect of these tests was sent.
const SENT: u64 = 1_000_000;

/// How far clocks may be apart, in microseconds.
const SLACK: u64 = 50_000;

/// A redirect of the client to the server with a state, and the request that may have followed it.
fn redirect_and(next: &Note) -> Vec<Note> {
    let start = ask("client", SENT - 100, "GET /start").of(1);
    let start = start.sent_to(SENT, "server", "/authorize", &[item("state", "a-state")]);
    vec![start, next.clone()]
}

#[test]
fn a_redirect_is_two_messages_and_the_next_request_follows_it() {
    let next = ask("server", SENT + 100, "GET /authorize").with(item("state", "a-state"));
    let flow = flow(&redirect_and(&next));
    assert_eq!(
        wires(&flow),
        [
            "GET /start",
            "303 → /authorize (authorization server)",
            "GET /authorize"
        ]
    );
    let follows: Vec<_> = flow.rows.iter().map(|row| row.follows).collect();
    assert_eq!(follows, [false, false, true]);
    let ways: Vec<_> = flow.rows.iter().map(|row| (row.from, row.to)).collect();
    assert_eq!(ways, [(0, 1), (1, 0), (0, 2)]);
    // Another message may come in between: then it still belongs to the flow, and no bend is drawn.
    let mut notes = redirect_and(&next);
    notes.push(ask("client", SENT + 50, "GET /").of(1));
    let flow = self::flow(&notes);
    assert_eq!((flow.rows.len(), flow.rows.iter().any(|row| row.follows)), (4, false));
}

#[test]
fn a_request_that_no_redirect_sent_does_not_follow_one() {
    let good = ask("server", SENT + 100, "GET /authorize").with(item("state", "a-state"));
    assert!(merged(&redirect_and(&good)).others.is_none());
    let at = |at| changed(&good, |note| note.at = at);
    for (why, next) in [
        ("path", changed(&good, |note| note.path = "/login".into())),
        ("method", changed(&good, |note| note.method = "POST".into())),
        ("browser", changed(&good, |note| note.from = "attacker".into())),
        ("part", changed(&good, |note| note.to = "client".into())),
        ("channel", changed(&good, |note| note.back = true)),
        ("state", changed(&good, |note| note.items = vec![item("state", "another")])),
        ("no state", changed(&good, |note| note.items.clear())),
        ("before", at(SENT - SLACK - 1)),
        ("a minute later", at(SENT + 60_000_001)),
    ] {
        let merged = merged(&redirect_and(&next));
        assert!(merged.others.is_some(), "{why}: {}", all(&merged));
    }
    for next in [
        at(SENT - SLACK),
        at(SENT + 60_000_000),
        good.clone().with(plain("colour", "red")),
    ] {
        assert!(merged(&redirect_and(&next)).others.is_none());
    }
}

#[test]
fn a_redirect_to_a_foreign_site_is_followed_by_nothing_here() {
    let mut start = ask("client", 100, "GET /start").of(1).sent_to(200, "server", "/a", &[]);
    if let Some(target) = start.answer.as_mut().and_then(|answer| answer.target.as_mut()) {
        (target.part, target.path) = (None, "http://evil.test/a".into());
    }
    let merged = merged(&[
        start,
        ask("server", SENT + 100, "GET /a"),
    ]);
    assert_eq!(wires(&merged.flows[0])[1], "303 → http://evil.test/a");
    assert!(merged.others.is_some());
}

#[test]
fn of_two_equal_requests_only_one_follows_a_redirect() {
    let next = |at| ask("server", at, "GET /authorize").with(item("state", "a-state"));
    let mut notes = redirect_and(&next(SENT + 100));
    notes.push(next(SENT + 110));
    let merged = merged(&notes);
    assert_eq!(merged.flows[0].rows.len(), 3);
    assert_eq!(merged.others.map(|others| others.rows.len()), Some(1));
}

#[test]
fn of_two_equal_redirects_only_one_is_followed_by_a_request() {
    let start = |at| {
        let start = ask("client", at, "GET /start").of(at);
        start.sent_to(at + 10, "server", "/authorize", &[])
    };
    let merged = merged(&[
        start(100),
        start(200),
        ask("server", 300, "GET /authorize"),
    ]);
    let rows: Vec<_> = merged.flows.iter().map(|flow| flow.rows.len()).collect();
    assert_eq!(rows, [3, 2]);
}
