//! Serving, tried byte by byte over TCP, with short times.

use std::time::Instant;

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::routing::get;
use axum::routing::post;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::Session;
use crate::gate::Home;
use crate::limits;
use crate::sessions::Sessions;

const HEADER: Duration = Duration::from_millis(300);
const BODY: Duration = Duration::from_millis(200);
const IDLE: Duration = Duration::from_millis(600);

/// What is too long for every time-out here.
const LATE: Duration = Duration::from_secs(5);

const GET: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn echo(
    form: Result<String, axum::extract::rejection::StringRejection>,
) -> axum::response::Response {
    form.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
}

/// A token endpoint, say: it answers in its own way.
async fn json(body: Result<axum::body::Bytes, BytesRejection>) -> axum::response::Response {
    let status = if body.is_ok() { 200 } else { 400 };
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    (status, axum::Json(serde_json::json!({ "error": "invalid_request" }))).into_response()
}

async fn login(session: Session) -> Redirect {
    session.set("user_id", "user0").await;
    Redirect::to("/welcome")
}

async fn who(session: Session) -> String {
    session.get("user_id").await.unwrap_or("nobody".into())
}

async fn slowly() -> &'static str {
    sleep(IDLE * 2).await;
    "slowly"
}

/// A process with these routes and at most that many connections.
async fn process(connections: usize) -> SocketAddr {
    let router = Router::new()
        .route("/healthz", get("ok"))
        .route("/echo", post(echo))
        .route("/json", post(json))
        .route("/login", post(login))
        .route("/who", get(who))
        .route("/slowly", get(slowly))
        .route("/debug/state", get("secret"))
        .fallback(limits::not_found);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let site = Site {
        router,
        debug: true,
        home: Home::new(&format!("http://localhost:{}", address.port())).unwrap(),
        sessions: Arc::new(Sessions::new("lab_as", 10, LATE)),
        body_time: BODY,
    };
    let bounds = Bounds {
        header: HEADER,
        idle: IDLE,
        connections,
    };
    tokio::spawn(serve(vec![listener], Arc::new(site), bounds));
    address
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// Writes, and reads what comes until the answer is whole or the other side closes.
async fn say(stream: &mut TcpStream, text: &str) -> String {
    // A connection that is closed already shows below.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while !is_whole(&answer) {
        match timeout(LATE, stream.read(&mut bytes)).await.expect("an answer or an end") {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&bytes[..count]),
        }
    }
    String::from_utf8(answer).unwrap()
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() >= length.parse().unwrap())
}

/// Waits until the other side closes, and says how long that took.
async fn end(stream: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let mut bytes = [0; 4096];
    while timeout(LATE, stream.read(&mut bytes)).await.expect("an end").is_ok_and(|count| count > 0)
    {
    }
    begun.elapsed()
}

fn about(took: Duration, wanted: Duration) {
    assert!(took + Duration::from_millis(50) >= wanted, "{took:?} is too short for {wanted:?}");
    assert!(took < wanted + Duration::from_millis(1500), "{took:?} is too long for {wanted:?}");
}

fn form(path: &str, length: usize, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let mut stream = connect(process(8).await).await;
    for _ in 0..3 {
        assert!(say(&mut stream, GET).await.starts_with("HTTP/1.1 200 OK"));
    }
    let answer = say(&mut stream, &form("/echo", 7, "a=1&b=2")).await;
    assert!(answer.ends_with("\r\n\r\na=1&b=2"), "{answer}");
}

#[tokio::test]
async fn a_silent_connection_and_half_a_head_are_closed() {
    let address = process(8).await;
    let mut silent = connect(address).await;
    about(end(&mut silent).await, HEADER);
    let mut half = connect(address).await;
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").await.unwrap();
    about(end(&mut half).await, HEADER);
}

#[tokio::test]
async fn a_head_that_drips_is_closed_as_well() {
    let mut stream = connect(process(8).await).await;
    let begun = Instant::now();
    while begun.elapsed() < LATE && stream.write_all(b"X").await.is_ok() {
        sleep(HEADER / 6).await;
        let mut byte = [0];
        if timeout(Duration::from_millis(1), stream.read(&mut byte)).await.is_ok() {
            break;
        }
    }
    about(begun.elapsed(), HEADER);
}

#[tokio::test]
async fn the_second_head_has_the_time_of_the_first() {
    let mut stream = connect(process(8).await).await;
    say(&mut stream, GET).await;
    sleep(IDLE / 2).await;
    stream.write_all(b"GET /hea").await.unwrap();
    about(end(&mut stream).await, HEADER);
}

#[tokio::test]
async fn an_idle_connection_is_closed_later() {
    let mut stream = connect(process(8).await).await;
    say(&mut stream, GET).await;
    about(end(&mut stream).await, IDLE);
}

#[tokio::test]
async fn a_route_may_take_its_time() {
    let mut stream = connect(process(8).await).await;
    let answer = say(&mut stream, "GET /slowly HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(answer.ends_with("slowly"), "{answer}");
}

#[tokio::test]
async fn a_slow_body_is_answered_408_with_a_page_or_in_the_way_of_the_route() {
    let address = process(8).await;
    let mut stream = connect(address).await;
    let begun = Instant::now();
    let answer = say(&mut stream, &form("/echo", 7, "a=1")).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    about(begun.elapsed(), BODY);
    end(&mut stream).await;
    let answer = say(&mut connect(address).await, &form("/json", 7, "a=1")).await;
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("{\"error\":\"invalid_request\"}"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_large_body_is_413_and_one_at_the_bound_is_read() {
    let address = process(8).await;
    for (length, status) in [
        (limits::MAX_BODY, "200"),
        (limits::MAX_BODY + 1, "413"),
        (limits::MAX_BODY * 3, "413"),
    ] {
        let answer =
            say(&mut connect(address).await, &form("/echo", length, &"a".repeat(length))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length}: {:.200}", answer);
    }
}

#[tokio::test]
async fn a_body_in_thousands_of_pieces_costs_little() {
    let mut stream = connect(process(8).await).await;
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let pieces = "1\r\na\r\n".repeat(30_000);
    let begun = Instant::now();
    let answer = say(&mut stream, &format!("{head}{pieces}0\r\n\r\n")).await;
    // In the debug build, with others at work: quadratic copying would take many times as long, or 408.
    assert!(answer.starts_with("HTTP/1.1 200 ") || begun.elapsed() >= BODY, "{:.200}", answer);
}

#[tokio::test]
async fn at_the_cap_a_newcomer_is_served_and_the_most_silent_goes() {
    let address = process(3).await;
    let mut half = connect(address).await;
    half.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
    sleep(Duration::from_millis(30)).await;
    let mut others = [
        connect(address).await,
        connect(address).await,
    ];
    for other in &mut others {
        say(other, GET).await;
    }
    assert!(say(&mut connect(address).await, GET).await.starts_with("HTTP/1.1 200 "));
    assert!(end(&mut half).await < Duration::from_millis(100));
    for _ in 0..20 {
        let mut flood = Vec::new();
        for _ in 0..5 {
            flood.push(connect(address).await);
        }
        assert!(say(&mut connect(address).await, GET).await.starts_with("HTTP/1.1 200 "));
    }
}

#[tokio::test]
async fn at_the_cap_whoever_is_being_served_stays() {
    let address = process(1).await;
    let mut busy = connect(address).await;
    let served = tokio::spawn(async move {
        say(&mut busy, "GET /slowly HTTP/1.1\r\nHost: localhost\r\n\r\n").await
    });
    sleep(Duration::from_millis(50)).await;
    assert!(say(&mut connect(address).await, GET).await.starts_with("HTTP/1.1 200 "));
    assert!(served.await.unwrap().ends_with("slowly"));
}

#[tokio::test]
async fn https_is_noticed_and_closed() {
    let mut stream = connect(process(8).await).await;
    stream.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await.unwrap();
    let mut bytes = Vec::new();
    let read = timeout(HEADER / 2, stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("it is closed at once");
    assert!(bytes.is_empty(), "a browser that speaks https cannot read an answer");
    let mut stream = connect(process(8).await).await;
    stream.write_all(b"\x15\x03\x01").await.unwrap();
    let mut bytes = [0; 64];
    let count = stream.read(&mut bytes).await.unwrap_or(0);
    assert!(bytes[..count].starts_with(b"HTTP/1.1 400 "), "only a handshake is https");
}

#[tokio::test]
async fn a_head_has_a_bound() {
    let address = process(8).await;
    let ask = |length| {
        let cookie = "a".repeat(length);
        format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n")
    };
    assert!(say(&mut connect(address).await, &ask(32 * 1024)).await.starts_with("HTTP/1.1 200 "));
    // Whoever still sends when the answer comes may see the end of the connection instead of it.
    let refused = say(&mut connect(address).await, &ask(200 * 1024)).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431 "), "{refused:.200}");
    let long = format!("GET /healthz?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(8193));
    assert!(say(&mut connect(address).await, &long).await.starts_with("HTTP/1.1 414 "));
}

#[tokio::test]
async fn pages_and_redirects_carry_their_headers() {
    let address = process(8).await;
    for (ask, status) in [
        ("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n".to_string(), "404"),
        ("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n".to_string(), "405"),
        (form("/login", 0, ""), "303"),
        (format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n"), "303"),
    ] {
        let answer = say(&mut connect(address).await, &ask).await;
        // In these tests no templates are set up, so a page is a plain 500; its headers are the same.
        let expected = [
            format!("HTTP/1.1 {status} "),
            "HTTP/1.1 500 ".to_string(),
        ];
        assert!(expected.iter().any(|start| answer.starts_with(start)), "{answer}");
        for header in [
            "content-security-policy: default-src 'none'; style-src 'self'\r\n",
            "x-content-type-options: nosniff\r\n",
            "referrer-policy: same-origin\r\n",
            "cache-control: no-store\r\n",
        ] {
            assert!(answer.contains(header), "{header} is missing:\n{answer}");
        }
    }
}

#[tokio::test]
async fn another_loopback_name_is_led_to_the_configured_one() {
    let address = process(8).await;
    let ask = format!("GET /?next=//evil.test HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let answer = say(&mut connect(address).await, &ask).await;
    let target = format!("location: http://localhost:{}/\r\n", address.port());
    assert!(answer.starts_with("HTTP/1.1 303 ") && answer.contains(&target), "{answer}");
}

#[tokio::test]
async fn only_a_route_that_asks_for_the_session_has_one() {
    let mut stream = connect(process(8).await).await;
    let answer = say(&mut stream, &form("/login", 0, "")).await;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap().to_string();
    let ask =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    let answer = say(&mut stream, &ask("/who")).await;
    assert!(answer.ends_with("user0") && !answer.contains("set-cookie"), "{answer}");
    assert!(!say(&mut stream, &ask("/healthz")).await.contains("set-cookie"));
}

#[tokio::test]
async fn debug_is_hidden_from_foreign_names_on_the_wire() {
    let address = process(8).await;
    for (head, hidden) in [
        ("GET /debug/state HTTP/1.1\r\nHost: LOCALHOST:5000", false),
        ("GET http://localhost/debug/state HTTP/1.1\r\nHost: localhost", false),
        ("GET /debug/state HTTP/1.1\r\nHost: evil.test", true),
        ("GET http://evil.test/debug/state HTTP/1.1\r\nHost: localhost", true),
        ("GET /debug/state HTTP/1.1\r\nHost: localhost\r\nHost: localhost", true),
        ("GET /debug/state HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1", true),
        ("GET /debug/state HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 proxy", true),
    ] {
        let answer = say(&mut connect(address).await, &format!("{head}\r\n\r\n")).await;
        assert_eq!(answer.contains("secret"), !hidden, "{head}\n{answer}");
    }
}

#[test]
fn connections_leave_room_for_what_else_needs_a_descriptor() {
    assert_eq!([1024, 256, 64, 0].map(fitting), [480, 96, 1, 1]);
    let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                  Max processes             127223               127223               processes \n\
                  Max open files            1024                 524288               files     \n";
    assert_eq!(soft_limit(limits), Some(1024));
    assert_eq!(soft_limit(&limits.replace("1024  ", "unlimited")), None);
    assert_eq!(soft_limit(""), None);
}
