//! What repeats is drawn once, and the picture does not depend on who came first.

use picture::{Answer, Cast, Flow, Item, Note, Notes, Style, drawing, text, together};

/// A token request from the client: when it came, when it was answered, and how.
fn redeemed(number: u64, at: u64, until: u64, status: u16, code: &str) -> Note {
    Note {
        by: "server".into(),
        number,
        from: "client".into(),
        to: "server".into(),
        back: true,
        at,
        method: "POST".into(),
        path: "/token".into(),
        items: vec![Item {
            name: "code".into(),
            shown: format!("{code}…"),
            print: Some(picture::print(code)),
        }],
        answer: Some(Answer {
            at: until,
            status,
            reason: (status == 400).then(|| format!("Not good: {code}")),
            ..Answer::default()
        }),
        ..Note::default()
    }
}

fn flow(notes: Vec<Note>) -> Flow {
    let notes = Notes {
        part: "server".into(),
        notes,
        ..Notes::default()
    };
    together(vec![notes], &Cast::pair())
}

fn svg(notes: Vec<Note>) -> String {
    let style = Style {
        title: "A crowd".into(),
        description: "A crowd.".into(),
        deeds: true,
    };
    drawing(&flow(notes), &Cast::pair(), &style)
}

#[test]
fn one_after_the_other_folds_what_is_alike_and_keeps_the_order() {
    let guess = |nth: u64| redeemed(nth, nth * 10, nth * 10 + 5, 400, &format!("guess-{nth}"));
    let mut notes: Vec<Note> = (1..=9).map(guess).collect();
    notes.push(redeemed(10, 100, 105, 200, "right"));
    let flow = flow(notes);
    let times: Vec<_> = flow.rows.iter().map(|row| row.times).collect();
    assert_eq!(times, [Some(9), Some(9), None, None]);
    assert_eq!(flow.messages(), 20);
    let text = text(&flow, &Cast::pair());
    assert!(
        text.contains("Token request × 9 (back channel): POST /token code (various)"),
        "{text}"
    );
    assert!(text.contains("Not good: various"), "{text}");
    assert!(text.contains("POST /token [code-1]"), "the one that differs: {text}");
}

#[test]
fn three_alike_are_no_crowd() {
    let notes = (1..=3).map(|nth| redeemed(nth, nth * 10, nth * 10 + 5, 400, "code")).collect();
    assert_eq!(flow(notes).rows.len(), 6);
}

#[test]
fn at_once_looks_the_same_whoever_wins_and_as_on_one_core() {
    // Fifty at once: all asked before the first is answered, or nearly so.
    let race = |winner: u64, gap: u64| -> Vec<Note> {
        let status = |nth| if nth == winner { 200 } else { 400 };
        (1..=50).map(|nth| redeemed(nth, nth, nth * gap + 40, status(nth), "code")).collect()
    };
    assert_eq!(flow(race(17, 1)).rows.len(), 4);
    let pictures: Vec<String> = [(1, 1), (50, 1), (23, 7)]
        .into_iter()
        .map(|(winner, gap)| svg(race(winner, gap)))
        .collect();
    assert!(pictures.iter().all(|picture| *picture == pictures[0]));
    let status = |nth| if nth == 1 { 200 } else { 400 };
    let in_turn = (1..=50).map(|nth| redeemed(nth, nth * 10, nth * 10 + 5, status(nth), "code"));
    assert_eq!(svg(in_turn.collect()), pictures[0]);
    for words in ["Token request × 49", "Token error × 49"] {
        assert!(pictures[0].contains(words), "{words}");
    }
}

#[test]
fn another_value_afterwards_is_no_part_of_the_crowd() {
    let mut notes: Vec<Note> =
        (1..=5).map(|nth| redeemed(nth, nth, 40 + nth, 400, "code")).collect();
    notes.push(redeemed(6, 100, 110, 400, "other"));
    assert_eq!(flow(notes).rows.len(), 4);
}
