//! Whatever is sent, the picture stays a picture: no value becomes markup, and none breaks out of its place.

mod common;

use common::Said;
use common::ask;
use common::call;
use common::item;
use common::plain;
use common::told;
use picture::Cast;
use picture::Change;
use picture::Note;
use picture::Part;
use picture::Style;
use picture::Verb;
use picture::drawing;
use picture::flows;
use picture::page;

const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onclick='alert(1)",
    "</svg></details></li><h1>",
    "]]>--></style><b>",
    "&lt;i&gt;&amp;",
];

/// Notes with this in every place that a sender, or a strange process, can write to.
fn notes(evil: &str) -> Vec<Note> {
    let mut note =
        ask("server", 100, "GET /").of(1).with(plain(evil, evil)).with(item("state", evil));
    (note.method, note.path, note.by) = (evil.into(), evil.into(), "server".into());
    let mut note = note.does(150, Verb::Change, evil, evil, &[plain(evil, evil), item(evil, "a")]);
    note.deeds[0].changes = vec![Change {
        item: plain(evil, evil),
        before: plain(evil, evil),
    }];
    note = note.sent_to(200, "client", evil, &[plain(evil, evil), item("code", "b")]);
    if let Some(answer) = &mut note.answer {
        (answer.phrase, answer.reason) = (evil.into(), Some(evil.into()));
    }
    let mut failed = call("client", 300, "POST /token").of(1).answered(400, 0, &[]);
    (failed.from, failed.to) = (evil.into(), evil.into());
    if let Some(answer) = &mut failed.answer {
        answer.phrase = evil.into();
    }
    vec![note, failed]
}

fn cast(evil: &str) -> Cast {
    Cast::pair().with_first(Part::new(evil, evil, "attacker"))
}

/// The names of all tags. Every one is closed, and has no attribute but those that the picture writes.
fn tags(markup: &str) -> Vec<String> {
    const ATTRIBUTES: [&str; 29] = [
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "class",
        "cx",
        "cy",
        "d",
        "data-key",
        "height",
        "id",
        "open",
        "r",
        "role",
        "rx",
        "text-anchor",
        "transform",
        "viewBox",
        "width",
        "x",
        "xmlns",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "points",
        "fill",
        "style",
        "title",
    ];
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    for piece in markup.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("<{piece} is not closed"));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "in {markup}");
            continue;
        }
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        // Names stand outside of quotes, so at every second place.
        for outside in tag[name.len()..].split('"').step_by(2) {
            for attribute in outside.trim_matches(|c| " =/".contains(c)).split(' ') {
                let known = attribute.is_empty() || ATTRIBUTES.contains(&attribute);
                assert!(known, "{attribute} in <{tag}>");
            }
        }
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        seen.push(name);
    }
    assert_eq!(open, [""; 0], "in {markup}");
    seen
}

#[test]
fn hostile_values_change_no_tag_of_the_page() {
    let harmless = page(&flows(told(&notes("harmless")), &cast("harmless")), &cast("harmless"));
    for evil in HOSTILE {
        let html = page(&flows(told(&notes(evil)), &cast(evil)), &cast(evil));
        assert_eq!(tags(&html), tags(&harmless), "{evil}");
        let escaped = evil.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let escaped = escaped.replace('"', "&quot;").replace('\'', "&#39;");
        assert!(html.contains(&escaped), "{evil} can be read");
    }
}

#[test]
fn hostile_values_change_no_tag_of_the_drawing() {
    let draw = |evil: &str| {
        let style = Style {
            title: evil.into(),
            description: evil.into(),
            deeds: true,
        };
        let flow = flows(told(&notes(evil)), &cast(evil)).flows.remove(0);
        drawing(&flow, &cast(evil), &style)
    };
    let mut plain = tags(&draw("harmless"));
    for evil in HOSTILE {
        let svg = draw(evil);
        // How many lines and pills there is room for depends on lengths.
        let mut seen = tags(&svg);
        for tags in [&mut plain, &mut seen] {
            tags.sort();
            tags.dedup();
        }
        assert_eq!(seen, plain, "{evil}");
        assert!(!svg.contains(evil), "{evil}");
    }
}

#[test]
fn a_key_of_the_page_is_quoted_whoever_wrote_the_note() {
    for evil in HOSTILE {
        let mut notes = notes("harmless");
        notes.iter_mut().for_each(|note| note.by = evil.into());
        let told = vec![picture::Notes {
            part: evil.into(),
            store: Some(evil.into()),
            notes,
            ..picture::Notes::default()
        }];
        let cast = cast(evil).with_store(&told);
        tags(&page(&flows(told, &cast), &cast));
    }
}
