use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::Request;
use axum::http::header::COOKIE;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::IntoResponse;
use serde_json::json;
use store::Deed;
use store::Verb;

use super::super::Ring;
use super::super::size;
use super::*;
use crate::role::Role;

fn desk() -> &'static Desk {
    Box::leak(Box::new(Desk {
        role: Role::AuthorizationServer,
        ring: Ring::default(),
        client_url: "http://localhost:5001".into(),
        server_url: "http://localhost:5000".into(),
    }))
}

fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn only(desk: &Desk) -> Note {
    let mut notes = desk.ring.notes("server").notes;
    assert_eq!(notes.len(), 1);
    notes.remove(0)
}

#[test]
fn an_address_is_of_the_pair_only_if_it_begins_with_the_whole_origin() {
    let target = |address: &str| {
        let target = desk().target(address);
        (target.part.unwrap_or_default(), target.path)
    };
    for (address, part, path) in [
        ("/", "server", "/"),
        ("http://localhost:5001/callback", "client", "/callback"),
        ("http://localhost:5000", "server", "/"),
        ("http://localhost:50001/x", "", "http://localhost:50001/x"),
        ("http://localhost:5000@evil.test/", "", "http://localhost:5000@evil.test/"),
        ("//evil.test/", "", "//evil.test/"),
    ] {
        assert_eq!(target(address), (part.to_string(), path.to_string()), "{address}");
    }
}

#[test]
fn the_largest_message_takes_no_more_room_than_is_counted_with() {
    let desk = desk();
    // A letter of four bytes, percent-encoded where it has to be.
    let (letters, encoded) = ("𠀀".repeat(9_000), "%F0%A0%80%80".repeat(600));
    let long = "x".repeat(8_000);
    let query = "&error_description=".to_string() + &encoded;
    let path = format!("/{long}?{}", query.repeat(6));
    let headers = [
        ("authorization", long.as_str()),
        ("lab-browser", "aaaaaaaaaaaaaaaaaaaa"),
        ("cookie", "lab_as=1"),
    ];
    let arrived = parts(&long[..200], &path, &headers);
    let form = query.repeat(30);
    let noted = desk.arrived(Some(u64::MAX), true, &arrived, Some(form.as_bytes())).unwrap();
    let watch = noted.watch();
    for nth in 0..100 {
        let row = json!({ "user_id": letters, "name": { "name": letters, "scope": letters }, "iss": nth });
        let deed = Deed {
            row: "AuthorizationCode",
            verb: Verb::Update,
            key: "key",
            before: Some(row),
            after: Some(json!({ "user_id": nth, "name": { "name": nth }, "iss": letters })),
        };
        watch.see(deed);
    }
    let location = [
        format!("http://evil.test/{letters}?"),
        query.repeat(30),
    ]
    .concat();
    let mut response = (StatusCode::NETWORK_AUTHENTICATION_REQUIRED, Body::empty()).into_response();
    let location = HeaderValue::from_bytes(location.as_bytes()).unwrap();
    response.headers_mut().insert(LOCATION, location);
    for _ in 0..30 {
        let challenge = HeaderValue::from_str(&"\"\\".repeat(200)).unwrap();
        response.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
    response.extensions_mut().insert(Reason(letters.clone().into()));
    let json = json!({ "iss": letters, "sub": letters, "scope": letters, letters.clone(): 1 });
    noted.answered(&response, Some(json.to_string().as_bytes()));
    let note = only(desk);
    let size = size::of(&note);
    assert!((5_000..=10 * 1024).contains(&size), "{size}");
    assert!(!note.deeds.is_empty() && note.deeds.len() < 24);
    assert!(note.answer.is_some_and(|answer| answer.items.len() > 1));
}

#[test]
fn who_plays_a_browser_is_believed_only_nearby_and_only_in_a_word() {
    let from = |near, name: &str| {
        let desk = desk();
        let arrived = parts("GET", "/authorize", &[("lab-browser", name)]);
        drop(desk.arrived(None, near, &arrived, None));
        only(desk).from
    };
    assert_eq!(from(true, "attacker"), "attacker");
    assert_eq!(from(false, "attacker"), "browser");
    for name in [
        "Attacker",
        "a b",
        "",
        "<b>",
        "aaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(from(true, name), "browser", "{name}");
    }
}

#[test]
fn a_message_without_an_answer_says_so() {
    let desk = desk();
    let arrived = parts("POST", "/token", &[(COOKIE.as_str(), "lab_client=1")]);
    drop(desk.arrived(Some(3), true, &arrived, Some(b"code=1")));
    let note = only(desk);
    assert_eq!((note.from.as_str(), note.back, note.flow), ("client", true, Some(3)));
    // The cookie of another process is none of ours.
    assert_eq!(note.items.iter().map(|item| &*item.name).collect::<Vec<_>>(), ["code"]);
    let answer = note.answer.unwrap();
    assert_eq!((answer.status, answer.items.len()), (0, 0));
    assert!(answer.phrase.starts_with("no answer"));
}
