//! Servers that are broken in every way: each check ends soon, with a verdict, and none passes by accident.

use std::time::Duration;

use checks::{Check, Subject, all_checks, run_check};
use kit::{Http, Outcome, Target, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a broken server does with a connection after it has read a request.
#[derive(Clone, Copy)]
enum Habit {
    Close,
    Hang,
    Say(&'static str),
    SayForEver(&'static str, &'static str),
}

async fn serve(habit: Habit) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, habit));
        }
    });
    format!("http://{address}")
}

async fn answer(mut stream: TcpStream, habit: Habit) {
    let mut request = [0; 65536];
    let _ = stream.read(&mut request).await;
    match habit {
        Habit::Close => {}
        Habit::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Habit::Say(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Habit::SayForEver(head, part) => {
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(part.as_bytes()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

/// The verdicts of all checks of the server, run side by side.
async fn verdicts(server: &str) -> Vec<(Check, Outcome)> {
    let mut target = Target::lab(6, server, "http://localhost:5001/callback");
    target.http = Http::new(Duration::from_millis(500));
    target.jwt_secret = Some(vec![7; 32]);
    let tasks: Vec<_> = all_checks()
        .into_iter()
        .filter(|check| check.subject == Subject::Server && check.holds_in(6))
        .map(|check| {
            let target = target.clone();
            tokio::spawn(async move {
                let outcome = run_check(&check, &target).await;
                (check, outcome)
            })
        })
        .collect();
    let mut verdicts = Vec::new();
    for task in tasks {
        verdicts.push(task.await.expect("run_check never panics"));
    }
    verdicts
}

/// No check passes, none breaks down, and all are done within the time.
async fn none_passes(habit: Habit) {
    let server = serve(habit).await;
    let all = tokio::time::timeout(Duration::from_secs(60), verdicts(&server)).await;
    for (check, outcome) in all.expect("all checks end") {
        match outcome {
            Ok(()) => panic!("{} passed on a broken server", check.line()),
            Err(Verdict::Failed { got, .. }) => {
                assert!(!got.contains("broke down"), "{} panicked: {got}", check.line());
            }
            Err(Verdict::Skipped { needs }) => assert!(!needs.is_empty(), "{}", check.line()),
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_each_connection() {
    none_passes(Habit::Close).await;
}

#[tokio::test]
async fn a_server_that_never_answers() {
    none_passes(Habit::Hang).await;
}

#[tokio::test]
async fn a_server_that_speaks_no_http() {
    none_passes(Habit::Say("220 mail.example ESMTP\r\n\r\n\u{0}\u{1}")).await;
}

#[tokio::test]
async fn a_server_that_finds_everything_fine() {
    none_passes(Habit::Say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<p>ok</p>"))
        .await;
}

#[tokio::test]
async fn a_server_that_refuses_everything_with_a_page() {
    none_passes(Habit::Say("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<p>no</p>"))
        .await;
}

#[tokio::test]
async fn a_server_that_answers_everything_with_oauth_json() {
    none_passes(Habit::Say(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 27\r\nConnection: close\r\n\r\n{\"error\":\"invalid_request\"}",
    ))
    .await;
}

#[tokio::test]
async fn a_server_that_redirects_in_a_circle() {
    none_passes(Habit::Say("HTTP/1.1 303 See Other\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).await;
}

#[tokio::test]
async fn a_server_that_is_always_broken() {
    none_passes(Habit::Say("HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 10\r\nConnection: close\r\n\r\n<p>500</p>"))
        .await;
}

#[tokio::test]
async fn a_server_whose_page_never_ends() {
    none_passes(Habit::SayForEver(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form>",
        "<input name=\"x\" <p <!-- &#",
    ))
    .await;
}

#[tokio::test]
async fn nobody_at_home() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    for (check, outcome) in verdicts(&format!("http://{address}")).await {
        assert!(outcome.is_err(), "{}", check.line());
    }
}
