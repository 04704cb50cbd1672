//! A call of the back channel is noted at both ends, and is one message.

mod common;

use common::Said;
use common::ask;
use common::call;
use common::changed;
use common::flow;
use common::item;
use common::merged;
use common::wires;
use picture::Note;
use picture::Verb;

/// How far clocks may be apart, in microseconds.
const SLACK: u64 = 50_000;

#[test]
fn both_ends_of_a_call_are_one_message_and_both_tell_what_they_did() {
    let code = item("code", "a-code");
    let sent = call("client", 100, "POST /token").of(1).with(code.clone());
    let sent = sent.does(95, Verb::Find, "Pending", "state", &[]).answered(900, 200, &[]);
    let received = call("server", 300, "POST /token").of(7).with(code);
    let received = received.does(400, Verb::Change, "AuthorizationCode", "a-code", &[]);
    let flow = flow(&[sent, received.answered(500, 200, &[])]);
    assert_eq!(
        wires(&flow),
        [
            "POST /token",
            "Pending",
            "AuthorizationCode",
            "200 Said"
        ]
    );
    assert_eq!(flow.logs, [("server".to_string(), 7)]);
}

#[test]
fn a_call_that_only_looks_like_the_other_end_stays_a_message_of_its_own() {
    let sent = || call("client", 1_000_000, "POST /token").with(item("code", "a-code"));
    let sent = || sent().of(1).answered(1_100_000, 200, &[]);
    let received = |at, line| call("server", at, line).of(1);
    let same = item("code", "a-code");
    let good = received(1_000_100, "POST /token").with(same.clone());
    let messages = |other: Note| {
        let merged = merged(&[sent(), other]);
        let flows = merged.flows.iter().chain(&merged.others);
        flows.flat_map(|flow| &flow.rows).filter(|row| row.term != "No answer").count()
    };
    assert_eq!(messages(good.clone()), 2, "a request and its answer");
    for (why, other) in [
        ("path", received(1_000_100, "POST /api/me").with(same.clone())),
        ("method", received(1_000_100, "GET /token").with(same.clone())),
        ("value", received(1_000_100, "POST /token").with(item("code", "another"))),
        ("less", received(1_000_100, "POST /token")),
        ("more", good.clone().with(item("state", "a-state"))),
        ("too early", received(1_000_000 - SLACK - 1, "POST /token").with(same.clone())),
        ("too late", received(1_100_000 + SLACK + 1, "POST /token").with(same.clone())),
        ("front", changed(&good, |note| note.back = false)),
        ("forwarded", changed(&good, |note| note.to = "attacker".into())),
        (
            "elsewhere",
            changed(&good, |note| (note.by, note.to) = ("client".into(), "client".into())),
        ),
    ] {
        assert_eq!(messages(other), 3, "{why}");
    }
    for at in [1_000_000 - SLACK, 1_100_000 + SLACK] {
        assert_eq!(messages(received(at, "POST /token").with(same.clone())), 2, "at {at}");
    }
}

#[test]
fn two_equal_calls_at_once_are_two_messages() {
    let sent = |number| Note {
        number,
        ..call("client", 100, "POST /token").of(1)
    };
    let received = |number| Note {
        number,
        ..call("server", 110, "POST /token").of(1)
    };
    assert_eq!(flow(&[sent(1), sent(2), received(1)]).rows.len(), 2);
    assert_eq!(
        flow(&[
            sent(1),
            sent(2),
            received(1),
            received(2)
        ])
        .rows
        .len(),
        2
    );
    assert_eq!(flow(&[sent(1), received(1), received(2)]).rows.len(), 2);
}

#[test]
fn a_call_whose_receiver_is_still_busy_has_the_answer_that_the_sender_saw() {
    let sent = call("client", 100, "POST /token").of(1).answered(900, 504, &[]);
    let flow = flow(&[sent, call("server", 200, "POST /token")]);
    assert_eq!(wires(&flow), ["POST /token", "504 Said"]);
}

#[test]
fn an_answer_never_comes_before_it_was_sent_or_after_it_was_received() {
    let sent = call("client", 1_000, "POST /token").of(1).answered(2_000, 200, &[]);
    // The server's clock is ahead: it says that it answered after the client had the answer.
    let received = call("server", 1_500, "POST /token").answered(9_000, 200, &[]);
    let later = ask("client", 3_000, "GET /").of(1);
    assert_eq!(wires(&flow(&[sent, received, later])), ["POST /token", "200 Said", "GET /"]);
}

#[test]
fn a_call_never_arrives_before_it_was_sent() {
    let sent = call("client", 1_000, "POST /token").of(1).answered(2_000, 200, &[]);
    let before = ask("client", 990, "GET /").of(1);
    // The server's clock is behind.
    let received = call("server", 980, "POST /token").answered(1_500, 200, &[]);
    assert_eq!(wires(&flow(&[sent, before, received])), ["GET /", "POST /token", "200 Said"]);
}

#[test]
fn a_process_that_calls_itself_is_no_other_end_of_itself() {
    let itself =
        |at| changed(&call("client", at, "POST /token").of(1), |note| note.to = "client".into());
    assert_eq!(wires(&flow(&[itself(100)])), ["POST /token"]);
    assert_eq!(wires(&flow(&[itself(100), itself(110)])), ["POST /token"]);
}
