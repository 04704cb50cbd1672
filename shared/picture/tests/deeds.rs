//! What a process did with a row, in words.

mod common;

use common::Said;
use common::ask;
use common::call;
use common::flow;
use common::item;
use common::plain;
use picture::Change;
use picture::Row;
use picture::Verb;

fn marks(row: &Row) -> Vec<String> {
    row.marks.iter().map(picture::Mark::name).collect()
}

#[test]
fn a_change_says_which_value_became_which() {
    let mut note = ask("server", 100, "POST /token").of(1).with(item("refresh_token", "old"));
    note = note.does(150, Verb::Change, "Grant", "a grant", &[item("refresh_token", "new")]);
    let change = |item, before| Change { item, before };
    note.deeds[0].changes = vec![
        change(item("refresh_token", "new"), item("refresh_token", "old")),
        change(plain("issued_at", "12:01"), plain("issued_at", "12:00")),
        change(plain("answered_at", "12:01"), plain("answered_at", "not set")),
        change(plain("idle_until", "13:00"), plain("idle_until", "12:00")),
        change(plain("rotations", "2"), plain("rotations", "1")),
    ];
    let flow = flow(&[note]);
    assert_eq!(
        flow.rows[1].more,
        [
            "refresh_token: refresh-token-1 → refresh-token-2",
            "issued_at: moved",
            "answered_at: now",
            "idle_until: moved",
            "rotations: 1 → 2"
        ]
    );
    assert_eq!(marks(&flow.rows[1]), ["grant-1", "refresh-token-2"]);
}

#[test]
fn a_code_with_a_lock_is_held_against_the_key_that_came() {
    let token = |items: &[picture::Item], stored: &[picture::Item], verb| {
        let note = items
            .iter()
            .fold(call("server", 100, "POST /token").of(1), |note, item| note.with(item.clone()));
        let flow = flow(&[note.does(150, verb, "AuthorizationCode", "a code", stored)]);
        flow.rows[1].more.clone()
    };
    let (lock, key) = (item("code_challenge", "lock"), item("code_verifier", "key"));
    let says = ["SHA-256(verifier-1) must be challenge-1"];
    assert_eq!(token(std::slice::from_ref(&key), std::slice::from_ref(&lock), Verb::Find), says);
    assert_eq!(token(&[], std::slice::from_ref(&lock), Verb::Find), [""; 0]);
    assert_eq!(token(std::slice::from_ref(&key), &[], Verb::Find), [""; 0]);
    assert_eq!(token(&[key], &[lock], Verb::Store), [""; 0]);
}
