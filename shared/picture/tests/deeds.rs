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
            "answered_at: now",
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

#[test]
fn what_the_server_keeps_elsewhere_is_on_the_lane_of_the_store_and_the_client_s_stays_with_it() {
    let notes = [
        ask("client", 100, "GET /start").of(1).does(120, Verb::Store, "Pending", "a state", &[]),
        ask("server", 200, "GET /authorize").of(1).does(220, Verb::Store, "Code", "a code", &[]),
    ];
    let lanes = |store: Option<&str>| {
        let mut told = common::told(&notes);
        told[1].store = store.map(str::to_owned);
        let cast = picture::Cast::pair().with_store(&told);
        let flow = picture::together(told, &cast);
        let deeds = flow.rows.iter().filter(|row| row.what == picture::What::Deed);
        let lanes: Vec<_> = deeds.map(|row| (row.from, row.to)).collect();
        (cast.parts.len(), lanes, picture::text(&flow, &cast))
    };
    let (parts, deeds, _) = lanes(None);
    assert_eq!((parts, deeds), (3, vec![(1, 1), (2, 2)]));
    let (parts, deeds, text) = lanes(Some("redis"));
    assert_eq!((parts, deeds), (4, vec![(1, 1), (2, 3)]));
    assert!(text.contains("│           │           ┄┄┄┄┄┄┄┄┄┄┄┄■"), "{text}");
}
