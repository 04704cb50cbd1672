//! Equal values have equal names, and no two values share one.

mod common;

use common::Said;
use common::ask;
use common::call;
use common::flow;
use common::item;
use common::merged;
use common::plain;
use picture::Cast;
use picture::Flow;
use picture::Row;
use picture::Verb;
use picture::page;
use picture::print;
use picture::text;

fn marks(row: &Row) -> Vec<String> {
    row.marks.iter().map(picture::Mark::name).collect()
}

fn born(flow: &Flow) -> Vec<Vec<String>> {
    flow.rows.iter().map(|row| row.born.iter().map(picture::Mark::name).collect()).collect()
}

#[test]
fn a_value_keeps_its_name_wherever_it_is_met() {
    let flow = flow(&[
        ask("client", 100, "GET /start").of(1).answered(200, 303, &[item("state", "one")]),
        ask("client", 300, "GET /start").of(1).answered(400, 303, &[item("state", "two")]),
        ask("client", 500, "GET /callback").of(1).with(item("state", "two")),
        ask("client", 600, "GET /callback").of(1).with(item("state", "one")),
    ]);
    let all: Vec<_> = flow.rows.iter().map(marks).collect();
    assert_eq!(
        all,
        [
            vec![],
            vec!["state-1"],
            vec![],
            vec!["state-2"],
            vec!["state-2"],
            vec!["state-1"]
        ]
    );
    let empty: Vec<String> = vec![];
    assert_eq!(
        born(&flow)[1..],
        [
            vec!["state-1".to_string()],
            empty.clone(),
            vec!["state-2".to_string()],
            empty.clone(),
            empty
        ]
    );
}

#[test]
fn what_has_no_fingerprint_or_does_not_travel_has_no_name() {
    let note = ask("client", 100, "GET /start").of(1);
    let note =
        note.with(plain("state", "")).with(item("client_id", "demo")).with(item("State", "one"));
    let flow = flow(&[note.with(item("code_challenge_method", "S256"))]);
    assert_eq!(marks(&flow.rows[0]), [""; 0]);
    assert_eq!(
        flow.rows[0].more,
        [
            "state",
            "client_id",
            "State",
            "code_challenge_method=S2…"
        ]
    );
}

#[test]
fn each_kind_is_counted_by_itself_and_each_flow_from_one() {
    let visit = |at: u64, number, value: &str| {
        let note = ask("client", at, "GET /callback").of(number);
        note.with(item("state", value)).with(item("code", &format!("code of {value}")))
    };
    let merged = merged(&[
        visit(100, 1, "one"),
        visit(200, 2, "two"),
    ]);
    for flow in &merged.flows {
        assert_eq!(marks(&flow.rows[0]), ["state-1", "code-1"]);
    }
}

#[test]
fn an_access_token_is_the_same_in_json_in_the_header_and_as_the_last_part_of_a_jwt() {
    let issued = call("server", 100, "POST /token").of(1);
    let issued = issued.answered(
        200,
        200,
        &[item(
            "access_token",
            "head.claims.signature",
        )],
    );
    let shown = call("server", 300, "GET /api/me").with(item("Authorization", "signature"));
    let flow = flow(&[issued, shown]);
    assert_eq!(marks(&flow.rows[1]), ["access-token-1"]);
    assert_eq!(marks(&flow.rows[2]), ["access-token-1"]);
    let alone = call("server", 300, "GET /api/me").of(1).with(item("Authorization", "another"));
    assert_eq!(marks(&self::flow(&[alone]).rows[0]), ["access-token-1"]);
}

#[test]
fn a_row_knows_its_key_by_the_name_that_it_has_on_the_wire() {
    // The row is stored before the state travels.
    let note = ask("client", 100, "GET /start").of(1);
    let fields = [
        item("code_verifier", "verifier"),
        plain("browser", "…"),
        item("code", ""),
    ];
    let note = note.does(150, Verb::Store, "Pending", "one", &fields[..2]);
    let flow = flow(&[note.answered(
        200,
        303,
        &[
            item("state", "one"),
            item("code_challenge", "lock"),
        ],
    )]);
    assert_eq!(marks(&flow.rows[1]), ["state-1", "verifier-1"]);
    assert_eq!(marks(&flow.rows[2]), ["state-1", "challenge-1"]);
}

#[test]
fn a_verifier_has_the_number_of_its_challenge_whichever_is_sent_first() {
    let start = |at: u64, nth: &str| {
        let note = ask("client", at, "GET /start").of(1);
        let note = note.does(
            at + 1,
            Verb::Store,
            "Pending",
            nth,
            &[item(
                "code_verifier",
                &format!("key {nth}"),
            )],
        );
        note.answered(
            at + 2,
            303,
            &[item(
                "code_challenge",
                &format!("lock {nth}"),
            )],
        )
    };
    let token = call("client", 500, "POST /token").of(1).with(item("code_verifier", "key b"));
    let flow = flow(&[start(100, "a"), start(200, "b"), token]);
    let all: Vec<_> =
        flow.rows.iter().flat_map(marks).filter(|mark| !mark.starts_with("key")).collect();
    assert_eq!(
        all,
        [
            "verifier-1",
            "challenge-1",
            "verifier-2",
            "challenge-2",
            "verifier-2"
        ]
    );
}

#[test]
fn keys_that_never_travel_are_named_after_their_row() {
    let names = |row: &str| {
        let note = ask("server", 100, "POST /token").of(1);
        let fields = [
            item("grant_id", "a grant"),
            item("refresh_token", "rt"),
            item("code_hash", "hash"),
        ];
        let flow = flow(&[note.does(150, Verb::Store, row, "its key", &fields)]);
        (
            marks(&flow.rows[1]),
            flow.rows[1]
                .told
                .iter()
                .map(|told| told.mark.as_ref().map_or(String::new(), picture::Mark::name))
                .collect::<Vec<_>>(),
        )
    };
    for (row, kind) in [
        ("Tokens", "login"),
        ("AccessToken", "jti"),
        ("Grant", "grant"),
        ("Pending", "key"),
        ("grant", "key"),
    ] {
        let (shown, told) = names(row);
        assert_eq!(
            shown,
            [
                format!("{kind}-1"),
                "refresh-token-1".into()
            ],
            "{row}"
        );
        let second = if kind == "grant" {
            "grant-2"
        } else {
            "grant-1"
        };
        assert_eq!(
            told,
            [
                &format!("{kind}-1"),
                second,
                "refresh-token-1",
                "code-hash-1"
            ],
            "{row}"
        );
    }
}

#[test]
fn a_fingerprint_is_of_the_last_part_and_of_nothing_else() {
    assert_eq!(print("a.b.c"), print("c"));
    assert_eq!(print("c").len(), 16);
    for other in ["C", "c ", "", "b", "c.", "cc"] {
        assert_ne!(print(other), print("c"), "{other:?}");
    }
}

#[test]
fn a_value_that_is_born_is_said_to_be_so_once() {
    let notes = [
        ask("client", 100, "GET /start").of(1).answered(200, 303, &[item("state", "one")]),
        ask("client", 300, "GET /callback").of(1).with(item("state", "one")),
    ];
    let merged = merged(&notes);
    let html = page(&merged, &Cast::pair());
    assert_eq!(html.matches("<em>born here</em>").count(), 1, "{html}");
    assert_eq!(text(&merged.flows[0], &Cast::pair()).matches("[state-1]").count(), 2);
}
