//! What a session promises, tried from cookie to cookie.

use axum::body::Body;
use axum::http::Request;

use super::*;

const TTL_STATE: Duration = Duration::from_secs(600);

fn sessions() -> Arc<Sessions> {
    Arc::new(Sessions::new("lab_as", 10, TTL_STATE))
}

/// One request with these Cookie lines. What comes back is the Set-Cookie line of its answer, if there was one.
async fn request(
    sessions: &Arc<Sessions>,
    cookies: &[&[u8]],
    route: impl AsyncFnOnce(Session),
) -> Option<String> {
    let mut request = Request::builder();
    for cookie in cookies {
        request = request.header(COOKIE, HeaderValue::from_bytes(cookie).unwrap());
    }
    let mut parts = request.body(()).unwrap().into_parts().0;
    let answer = async {
        let session = Session::from_request_parts(&mut parts, &()).await.unwrap();
        route(session).await;
        Ok(Response::new(Body::empty()))
    };
    let response = around(sessions, answer).await;
    let line = response.headers().get(SET_COOKIE)?.to_str().unwrap().to_string();
    // What Back would show of a session that has ended goes with its cookie, and at no other time.
    let cleared = response.headers().get(CLEAR_SITE_DATA).map(|value| value.as_bytes());
    assert_eq!(cleared, line.contains("Max-Age=0").then_some(&b"\"cache\""[..]));
    Some(line)
}

/// Sets one value, with that cookie, and hands over the cookie that came.
async fn set(sessions: &Arc<Sessions>, cookie: &str, name: &str, value: &str) -> Option<String> {
    let route = async |session: Session| session.set(name, value).await;
    let line = request(sessions, &[cookie.as_bytes()], route).await?;
    Some(line.split(';').next().unwrap().to_string())
}

/// What a request with that cookie finds.
async fn get(sessions: &Arc<Sessions>, cookie: &str, name: &str) -> Option<String> {
    find(sessions, &[cookie.as_bytes()], name).await
}

async fn find(sessions: &Arc<Sessions>, cookies: &[&[u8]], name: &str) -> Option<String> {
    let mut found = None;
    let line = request(sessions, cookies, async |session| found = session.get(name).await).await;
    assert_eq!(line, None, "looking changes nothing");
    found
}

#[tokio::test]
async fn the_cookie_has_its_attributes_and_ends_with_the_session() {
    let sessions = sessions();
    for (name, lifetime) in [
        ("user_id", 43_200),
        ("login", 43_200),
        ("browser", 600),
    ] {
        let route = async |session: Session| session.set(name, "x").await;
        let line = request(&sessions, &[], route).await.unwrap();
        let (id, rest) = line.split_once("; ").unwrap();
        assert_eq!(id.strip_prefix("lab_as=").unwrap().len(), 22);
        let mut attributes: Vec<_> = rest.split("; ").collect();
        attributes.sort_unstable();
        let age = format!("Max-Age={lifetime}");
        assert_eq!(
            attributes,
            [
                "HttpOnly",
                age.as_str(),
                "Path=/",
                "SameSite=Lax"
            ]
        );
    }
}

#[tokio::test]
async fn the_record_ends_when_its_cookie_does() {
    let sessions = sessions();
    for (name, lifetime) in [
        ("user_id", 43_200),
        ("login", 43_200),
        ("browser", 600),
    ] {
        let mut id = None;
        let cookie = set(&sessions, "", name, "x").await.unwrap();
        request(&sessions, &[cookie.as_bytes()], async |session| id = session.session.id()).await;
        let record = sessions.find(&id.unwrap()).unwrap();
        let left = record.expiry_date - tower_sessions::cookie::time::OffsetDateTime::now_utc();
        assert!((lifetime - 5..=lifetime).contains(&left.whole_seconds()), "{name}: {left}");
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let sessions = Arc::new(Sessions::new("lab_as", 10, Duration::from_secs(1)));
    let cookie = set(&sessions, "", "browser", "key").await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    // The same value again is a sign of life.
    assert!(set(&sessions, &cookie, "browser", "key").await.is_some());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(get(&sessions, &cookie, "browser").await.as_deref(), Some("key"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(get(&sessions, &cookie, "browser").await, None);
}

#[tokio::test]
async fn whoever_only_looks_gets_no_session() {
    let sessions = sessions();
    assert_eq!(get(&sessions, "", "user_id").await, None);
    let unknown = "lab_as=AAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(get(&sessions, unknown, "user_id").await, None);
    // An id that this process did not give out is not taken over.
    let cookie = set(&sessions, unknown, "user_id", "user0").await.unwrap();
    assert_ne!(cookie, unknown);
    assert_eq!(get(&sessions, unknown, "user_id").await, None);
}

#[tokio::test]
async fn other_cookies_cost_nobody_the_session() {
    let sessions = sessions();
    let cookie = set(&sessions, "", "user_id", "user0").await.unwrap();
    let ours = cookie.as_bytes();
    let joined = |before: &[u8], after: &[u8]| [before, ours, after].concat();
    for line in [
        joined(b"theme=caf\xe9; ", b""),
        joined(b"", b"; theme=caf\xe9"),
        joined(b"lab_as=\xff; ", b""),
        joined(b"lab_as=; lab_as=x; lab_as; ", b""),
        joined(b"lab_as=AAAAAAAAAAAAAAAAAAAAAA; ", b""),
        joined(b"  ", b"  ;;"),
        joined(b"a=b;", b";c=d"),
    ] {
        let shown = String::from_utf8_lossy(&line).into_owned();
        assert_eq!(find(&sessions, &[&line], "user_id").await.as_deref(), Some("user0"), "{shown}");
    }
    assert!(find(&sessions, &[b"theme=caf\xe9", ours], "user_id").await.is_some());
    for near in [
        cookie.replace("lab_as", "lab_client"),
        cookie.replace("lab_as", "LAB_AS"),
        cookie.replace("lab_as", "xlab_as"),
        format!("{cookie}A"),
        cookie[..cookie.len() - 1].to_string(),
    ] {
        assert_eq!(get(&sessions, &near, "user_id").await, None, "{near}");
    }
}

#[tokio::test]
async fn of_two_known_sessions_the_first_counts() {
    let sessions = sessions();
    let first = set(&sessions, "", "user_id", "user0").await.unwrap();
    let second = set(&sessions, "", "user_id", "user1").await.unwrap();
    let both = format!("{first}; {second}");
    assert_eq!(get(&sessions, &both, "user_id").await.as_deref(), Some("user0"));
}

#[tokio::test]
async fn a_renewed_id_is_dead_at_once() {
    let sessions = sessions();
    let old = set(&sessions, "", "browser", "key").await.unwrap();
    let line = request(&sessions, &[old.as_bytes()], async |session| {
        session.renew().await;
        assert_eq!(get(&sessions, &old, "browser").await, None, "before the answer is sent");
        session.set("user_id", "user0").await;
    })
    .await;
    let new = line.unwrap();
    let new = new.split(';').next().unwrap();
    assert_ne!(new, old);
    assert_eq!(get(&sessions, &old, "browser").await, None);
    assert_eq!(get(&sessions, new, "browser").await.as_deref(), Some("key"));
    assert_eq!(get(&sessions, new, "user_id").await.as_deref(), Some("user0"));
}

#[tokio::test]
async fn with_grace_the_old_id_finds_what_was_there_before_and_nothing_newer() {
    let sessions = sessions();
    let old = set(&sessions, "", "browser", "old key").await.unwrap();
    let line = request(&sessions, &[old.as_bytes()], async |session| {
        session.set("before", "x").await;
        session.renew_with_grace().await;
        session.set("browser", "new key").await;
        session.set("login", "1").await;
    })
    .await;
    let new = line.unwrap();
    let new = new.split(';').next().unwrap();
    assert_eq!(get(&sessions, &old, "browser").await.as_deref(), Some("old key"));
    assert_eq!(get(&sessions, &old, "login").await, None);
    assert_eq!(get(&sessions, &old, "before").await, None);
    assert_eq!(get(&sessions, new, "browser").await.as_deref(), Some("new key"));
    assert_eq!(get(&sessions, new, "login").await.as_deref(), Some("1"));
    // A late request that writes under the old id changes nothing and sends no cookie over the new one.
    assert_eq!(set(&sessions, &old, "browser", "late").await, None);
    assert_eq!(get(&sessions, new, "browser").await.as_deref(), Some("new key"));
    // One that renews as well gets a session of its own, and no more time for the old id.
    let late =
        request(&sessions, &[old.as_bytes()], async |session| session.renew_with_grace().await)
            .await;
    let late = late.unwrap();
    let late = late.split(';').next().unwrap();
    assert_ne!(late, new);
    assert_eq!(get(&sessions, late, "browser").await.as_deref(), Some("old key"));
}

#[tokio::test]
async fn the_grace_is_short_and_nobody_gets_it_twice() {
    let mut sessions = Sessions::new("lab_as", 10, TTL_STATE);
    assert_eq!(sessions.grace, Duration::from_secs(10));
    sessions.grace = Duration::from_millis(600);
    let sessions = Arc::new(sessions);
    let renew = async |session: Session| session.renew_with_grace().await;
    let old = set(&sessions, "", "browser", "key").await.unwrap();
    request(&sessions, &[old.as_bytes()], renew).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(request(&sessions, &[old.as_bytes()], renew).await.is_some());
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(get(&sessions, &old, "browser").await, None);
}

#[tokio::test]
async fn an_ended_session_leaves_nothing_and_takes_its_cookie_along() {
    let sessions = sessions();
    let cookie = set(&sessions, "", "user_id", "user0").await.unwrap();
    let end = async |session: Session| session.end().await;
    let line = request(&sessions, &[cookie.as_bytes()], end).await.unwrap();
    assert!(line.starts_with("lab_as=; ") && line.contains("Max-Age=0"), "{line}");
    assert_eq!(get(&sessions, &cookie, "user_id").await, None);
    assert_eq!(sessions.rows(), [0, 0, 0]);
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_an_ended_session_back() {
    let sessions = sessions();
    let cookie = set(&sessions, "", "user_id", "user0").await.unwrap();
    let line = request(&sessions, &[cookie.as_bytes()], async |late| {
        assert!(late.get("user_id").await.is_some());
        request(&sessions, &[cookie.as_bytes()], async |session| session.end().await).await;
        late.set("last_page", "/").await;
    })
    .await;
    assert_eq!(line, None);
    assert_eq!(get(&sessions, &cookie, "user_id").await, None);
}

#[tokio::test]
async fn two_first_requests_at_once_get_a_session_each() {
    let sessions = sessions();
    let (first, second) =
        tokio::join!(set(&sessions, "", "browser", "1"), set(&sessions, "", "browser", "2"));
    assert_eq!(get(&sessions, &first.unwrap(), "browser").await.as_deref(), Some("1"));
    assert_eq!(get(&sessions, &second.unwrap(), "browser").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn two_extractors_of_one_request_share_the_session() {
    let sessions = sessions();
    let mut parts = Request::new(()).into_parts().0;
    let answer = async {
        let first = Session::from_request_parts(&mut parts, &()).await.unwrap();
        let second = Session::from_request_parts(&mut parts, &()).await.unwrap();
        first.set("browser", "key").await;
        assert_eq!(second.get("browser").await.as_deref(), Some("key"));
        Ok(Response::new(Body::empty()))
    };
    around(&sessions, answer).await;
    assert_eq!(sessions.rows(), [0, 1, 0]);
}

#[tokio::test]
async fn sessions_are_bounded_and_a_flood_ends_nobody_elses() {
    let sessions = sessions();
    let honest = set(&sessions, "", "user_id", "user0").await.unwrap();
    let first_of_flood = set(&sessions, "", "user_id", "user1").await.unwrap();
    for _ in 0..30 {
        set(&sessions, "", "user_id", "user1").await;
        set(&sessions, "", "browser", "key").await;
    }
    assert_eq!(sessions.rows(), [10, 10, 0]);
    assert_eq!(get(&sessions, &honest, "user_id").await.as_deref(), Some("user0"));
    assert_eq!(get(&sessions, &first_of_flood, "user_id").await, None);
}
