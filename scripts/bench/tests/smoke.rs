//! Two seconds of load: right answers are counted, and a single wrong one fails the run.

use std::net::Ipv4Addr;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::LOCATION;
use axum::routing::get;
use axum::routing::post;
use bench::crowd::Crowd;
use bench::crowd::Outcome;
use bench::crowd::Work;
use bench::floor::STATE;
use bench::server::Program;
use bench::server::Server;
use bench::store_floor::Trips;
use bench::target::Target;
use kit::engine::Kind;

fn load(targets: &[Target], work: Work, seconds: u64) -> Result<Outcome, String> {
    let mut crowd = Crowd::new(targets, 4)?;
    crowd.log_in()?;
    crowd.run(work, 10_000, Duration::from_secs(seconds))
}

#[test]
fn the_floor_answers_flows_and_its_cpu_time_is_seen() {
    let server = Server::start(&Program::floor(Trips::default()).unwrap()).unwrap();
    let outcome = load(&server.targets, Work::Flow, 2).unwrap();
    assert!(outcome.done > 10 && outcome.own_share() > 0.0);
    assert!(server.cpu().unwrap() > Duration::ZERO);
    assert!(server.memory().unwrap() > 100_000);
}

#[test]
fn v06_answers_every_kind_of_work() {
    let server = Server::start(&Program::version("v06").unwrap()).unwrap();
    let works = [
        Work::Flow,
        Work::Refresh(2),
        Work::Login(1),
        Work::Anonymous,
    ];
    for work in works {
        let outcome = load(&server.targets, work, 1).unwrap();
        assert!(outcome.done > 10, "{work:?} {outcome:?}");
    }
}

#[test]
fn two_servers_on_a_file_answer_flows_and_so_does_the_way_to_it_and_back() {
    let v08 = Program::version("v08").unwrap();
    let trips = Trips {
        calls: 10,
        writes: 4,
    };
    for program in [
        v08.on("v08", Kind::File, 2),
        Program::floor(trips).unwrap().on("floor", Kind::File, 1),
    ] {
        let server = Server::start(&program).unwrap();
        let outcome = load(&server.targets, Work::Flow, 2).unwrap();
        assert!(outcome.done > 10, "{outcome:?}");
        assert!(outcome.time(0.5) > Duration::ZERO && outcome.time(0.5) <= outcome.time(1.0));
    }
}

#[test]
fn a_code_that_comes_again_fails_the_run() {
    let server = Server::start(&Program::floor(Trips::default()).unwrap()).unwrap();
    let why = load(&[Target::new(server.targets[0].port)], Work::Flow, 2).unwrap_err();
    assert!(why.contains("a new code and the same state"), "{why}");
}

#[test]
fn a_server_that_has_gone_fails_the_run() {
    let server = Server::start(&Program::floor(Trips::default()).unwrap()).unwrap();
    let mut crowd = Crowd::new(&server.targets, 2).unwrap();
    crowd.log_in().unwrap();
    drop(server);
    crowd.run(Work::Flow, 100, Duration::from_secs(2)).unwrap_err();
}

const TOKEN: &str =
    r#"{"access_token":"a","token_type":"Bearer","expires_in":1,"refresh_token":"r"}"#;
const ME: &str = r#"{"sub":"user0","client_id":"demo-client"}"#;

#[test]
fn each_wrong_answer_fails_the_run() {
    let found = StatusCode::FOUND;
    let other = StatusCode::SEE_OTHER;
    let query = format!("?code=c&state={STATE}");
    load(&[fake(other, &query, TOKEN, ME)], Work::Flow, 1).unwrap();

    let wrong = [
        fake(found, &query, TOKEN, ME),
        fake(other, &format!("?code=&state={STATE}"), TOKEN, ME),
        fake(other, &format!("?code=c&state={STATE}x"), TOKEN, ME),
        fake(other, &format!("x?code=c&state={STATE}"), TOKEN, ME),
        fake(other, &query, &TOKEN.replace("Bearer", "mac"), ME),
        fake(other, &query, &TOKEN.replace(r#""a""#, r#""""#), ME),
        fake(other, &query, &TOKEN.replace(":1,", ":0,"), ME),
        fake(other, &query, &TOKEN[1..], ME),
        fake(other, &query, TOKEN, &ME.replace("user0", "user1")),
        fake(other, &query, TOKEN, &ME.replace("demo-client", "demo-other")),
    ];
    for (number, target) in wrong.into_iter().enumerate() {
        assert!(load(&[target], Work::Flow, 1).is_err(), "wrong answer number {number}");
    }
}

/// A server that is right in everything but what is told here. It ends with the test.
fn fake(status: StatusCode, query: &str, token: &str, me: &str) -> Target {
    let location = format!("http://localhost:5001/callback{query}");
    let (token, me) = (token.to_owned(), me.to_owned());
    let json = || [(CONTENT_TYPE, "application/json")];
    let routes = Router::new()
        .route("/authorize", get(async move || (status, [(LOCATION, location)])))
        .route("/token", post(async move || (json(), token)))
        .route("/api/me", get(async move || (json(), me)));
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || serve(listener, routes));
    Target {
        constant: true,
        ..Target::new(port)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve(listener: std::net::TcpListener, routes: Router) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    axum::serve(listener, routes).await.unwrap();
}
