//! The drawing has bounds, and the page has everything.

mod common;

use common::Said;
use common::ask;
use common::plain;
use picture::Cast;
use picture::Change;
use picture::Style;
use picture::Verb;
use picture::drawing;
use picture::page;
use picture::text;

#[test]
fn long_values_are_cut_in_the_drawing_and_whole_in_the_page() {
    let (long, reason) = (format!("/{}", "x".repeat(300)), "because ".repeat(40));
    let mut note = ask("server", 100, &format!("GET {long}")).of(1).answered(200, 400, &[]);
    if let Some(answer) = &mut note.answer {
        answer.reason = Some(reason.clone());
    }
    let change = |nth: usize| Change {
        item: plain(&format!("field{nth}"), &"y".repeat(100)),
        before: plain("", "no"),
    };
    note = note.does(150, Verb::Change, "Row", "key", &[]);
    note.deeds[0].changes = (0..9).map(change).collect();
    note.items = (0..24).map(|nth| plain(&format!("parameter-number-{nth}"), "")).collect();
    let merged = common::merged(&[note]);
    let style = Style {
        title: String::new(),
        description: String::new(),
        deeds: true,
    };
    let svg = drawing(&merged.flows[0], &Cast::pair(), &style);
    for cut in [
        &*long,
        reason.trim(),
        "parameter-number-23",
        "field3",
        &"y".repeat(40),
    ] {
        assert!(!svg.contains(cut), "{cut}");
    }
    let texts = svg.split("<text").skip(1).filter_map(|text| Some(text.split_once('>')?.1));
    let longest = texts.map(|text| text.split("</text>").next().map_or(0, |it| it.chars().count()));
    assert!(longest.max().is_some_and(|longest| longest < 130));
    assert!(svg.contains("GET /xxx") && svg.contains("xxx…") && svg.contains("field2: no → y"));
    let html = page(&merged, &Cast::pair());
    assert!(html.contains(&long) && html.contains("parameter-number-23"));
    assert!(text(&merged.flows[0], &Cast::pair()).contains(&long));
}

#[test]
fn letters_of_several_bytes_are_cut_between_letters() {
    for letter in ["ä", "東", "😀", "e\u{301}"] {
        let mut note = ask("server", 100, &format!("GET /{}", letter.repeat(200))).of(1);
        note.items = vec![plain(
            &letter.repeat(50),
            &letter.repeat(50),
        )];
        let merged = common::merged(&[note.does(150, Verb::Store, &letter.repeat(20), "key", &[])]);
        assert!(page(&merged, &Cast::pair()).contains(&letter.repeat(50)));
        assert!(text(&merged.flows[0], &Cast::pair()).contains(letter));
    }
}
