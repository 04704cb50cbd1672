//! The played server must itself be right: a check is worth no more than the server that it plays.

use super::*;
use crate::answer::Answer;
use crate::encoding::s256;
use crate::http::Http;
use crate::request::Request;

const CALLBACK: &str = "http://localhost:1/callback?own=query";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn played() -> PlayServer {
    let known = Registration {
        client_id: "demo-client".to_owned(),
        client_secret: "demo:secret".to_owned(),
    };
    PlayServer::start(0, known).await.expect("a free port")
}

async fn send(request: Request) -> Answer {
    Http::default().send(request).await.expect("an answer")
}

async fn authorize(play: &PlayServer) -> Answer {
    let pairs = [
        ("response_type", "code"),
        ("client_id", "demo-client"),
        ("redirect_uri", CALLBACK),
        ("state", "a b&c"),
        ("code_challenge", &s256(VERIFIER)),
    ];
    let query = crate::encoding::encode_pairs(&pairs);
    send(Request::get(format!("{}/authorize?{query}", play.url()))).await
}

async fn token(play: &PlayServer, pairs: &[(&str, &str)]) -> Answer {
    let request = Request::form(format!("{}/token", play.url()), pairs);
    send(request.basic("demo-client", "demo:secret")).await
}

async fn redeem(play: &PlayServer, code: &str, code_verifier: &str) -> Answer {
    let grant = ("grant_type", "authorization_code");
    token(
        play,
        &[
            grant,
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", code_verifier),
        ],
    )
    .await
}

async fn refresh(play: &PlayServer, refresh_token: &str) -> Answer {
    token(
        play,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ],
    )
    .await
}

fn field(answer: &Answer, name: &str) -> String {
    answer.json().and_then(|json| json[name].as_str().map(str::to_owned)).unwrap_or_default()
}

#[tokio::test]
async fn a_fair_play_goes_from_the_code_to_the_api() {
    let play = played().await;
    let answer = authorize(&play).await;
    let location = answer.location().unwrap_or_default();
    assert!(location.starts_with(&format!("{CALLBACK}&code=")), "{location}");
    assert_eq!(answer.location_param("state").as_deref(), Some("a b&c"));
    let code = answer.location_param("code").unwrap_or_default();

    assert_eq!(field(&redeem(&play, &code, "wrong-verifier").await, "error"), "invalid_grant");
    let tokens = redeem(&play, &code, VERIFIER).await;
    assert_eq!(tokens.status, 200);
    assert!(tokens.json().is_some_and(|json| json.get("refresh_token").is_none()));
    assert_eq!(field(&redeem(&play, &code, VERIFIER).await, "error"), "invalid_grant");

    let api = || Request::get(format!("{}/api/me", play.url()));
    let good = api().bearer(&field(&tokens, "access_token"));
    assert_eq!(field(&send(good.clone()).await, "sub"), "user0");
    send(api()).await.must_be_bearer_error(401, None).expect("a bare challenge");
    play.revoke_access_tokens();
    send(good).await.must_be_bearer_error(401, Some("invalid_token")).expect("invalid_token");
    assert_eq!(play.grants("authorization_code").len(), 3);
    assert_eq!(play.heard_at("/api/me").len(), 3);
}

#[tokio::test]
async fn the_client_must_authenticate_in_one_way() {
    let play = played().await;
    let bare = Request::form(format!("{}/token", play.url()), &[("grant_type", "refresh_token")]);
    send(bare.clone()).await.must_be_oauth_error(401, "invalid_client").expect("no client");
    send(bare.basic("demo-client", "x"))
        .await
        .must_be_oauth_error(401, "invalid_client")
        .expect("a bad secret");
    let twice = token(
        &play,
        &[
            ("grant_type", "refresh_token"),
            ("client_secret", "demo:secret"),
        ],
    )
    .await;
    twice.must_be_oauth_error(400, "invalid_request").expect("two ways");
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_is_counted_and_ends_its_family() {
    let play = played().await;
    play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let code = authorize(&play).await.location_param("code").unwrap_or_default();
    let first = field(&redeem(&play, &code, VERIFIER).await, "refresh_token");
    let second = field(&refresh(&play, &first).await, "refresh_token");
    assert!(!second.is_empty() && second != first);
    assert_eq!(play.reused(), 0);
    assert_eq!(field(&refresh(&play, &first).await, "error"), "invalid_grant");
    assert_eq!(play.reused(), 1);
    assert_eq!(field(&refresh(&play, &second).await, "error"), "invalid_grant");
    assert_eq!(play.issued().len(), 4);
}

#[tokio::test]
async fn without_rotation_a_refresh_token_stays_good() {
    let play = played().await;
    play.script(|script| script.refresh_tokens = RefreshTokens::Keep);
    let code = authorize(&play).await.location_param("code").unwrap_or_default();
    let kept = field(&redeem(&play, &code, VERIFIER).await, "refresh_token");
    for _ in 0..2 {
        let answer = refresh(&play, &kept).await;
        assert_eq!((answer.status, field(&answer, "refresh_token")), (200, String::new()));
    }
    assert_eq!(play.reused(), 0);
}

#[tokio::test]
async fn a_token_dies_when_its_seconds_are_over() {
    let play = played().await;
    play.script(|script| script.expires_in = Some(0));
    let code = authorize(&play).await.location_param("code").unwrap_or_default();
    let tokens = redeem(&play, &code, VERIFIER).await;
    let api =
        Request::get(format!("{}/api/me", play.url())).bearer(&field(&tokens, "access_token"));
    assert_eq!(send(api).await.status, 401);
}

#[tokio::test]
async fn a_token_opens_what_was_asked_for_or_what_was_left_of_it() {
    let play = played().await;
    for (granted, status) in [(None, 200), (Some("profile"), 403)] {
        play.script(|script| script.granted = granted.map(str::to_owned));
        let query = crate::encoding::encode_pairs(&[
            ("response_type", "code"),
            ("client_id", "demo-client"),
            ("redirect_uri", CALLBACK),
            ("code_challenge", &s256(VERIFIER)),
            ("scope", "profile notes:read"),
        ]);
        let answer = send(Request::get(format!("{}/authorize?{query}", play.url()))).await;
        let code = answer.location_param("code").unwrap_or_default();
        let tokens = redeem(&play, &code, VERIFIER).await;
        assert_eq!(field(&tokens, "scope"), granted.unwrap_or_default());
        let api = |path| {
            let request = Request::get(format!("{}{path}", play.url()));
            send(request.bearer(&field(&tokens, "access_token")))
        };
        assert_eq!(api("/api/notes").await.status, status);
        let users = api("/api/admin/users").await;
        users.must_be_bearer_error(403, Some("insufficient_scope")).expect("another scope");
    }
}

#[tokio::test]
async fn state_and_error_go_by_the_script() {
    let play = played().await;
    play.script(|script| {
        script.state = State::Text("another".to_owned());
        script.authorize = Authorize::Error {
            error: "access_denied".to_owned(),
            description: Some("<b>".to_owned()),
        };
    });
    let answer = authorize(&play).await;
    let wanted = format!("{CALLBACK}&error=access_denied&error_description=%3Cb%3E&state=another");
    assert_eq!(answer.location(), Some(wanted));
    play.script(|script| script.state = State::Omit);
    assert_eq!(authorize(&play).await.location_param("state"), None);
    play.reset();
    assert!(authorize(&play).await.location_param("code").is_some());
    assert_eq!(play.heard().len(), 1);
}

#[tokio::test]
async fn foul_play_is_no_answer() {
    let play = played().await;
    for reply in [
        Reply::HangUp,
        Reply::Bytes(b"no HTTP\r\n\r\n".to_vec()),
    ] {
        play.script(|script| script.api = reply);
        let api = Request::get(format!("{}/api/me", play.url()));
        assert!(Http::default().send(api).await.is_err());
    }
}

#[tokio::test]
async fn a_closed_server_refuses_and_opens_again_at_the_same_port() {
    let play = played().await;
    let health = || Request::get(format!("http://127.0.0.1:{}/healthz", play.port()));
    assert_eq!(send(health()).await.status, 200);
    play.close();
    assert!(Http::default().send(health()).await.is_err());
    play.open().await.expect("the old port");
    assert_eq!(send(health()).await.status, 200);
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let play = played().await;
    let known = Registration {
        client_id: String::new(),
        client_secret: String::new(),
    };
    let second = PlayServer::start(play.port(), known).await;
    assert_eq!(second.map_err(|trouble| trouble.kind()).err(), Some(std::io::ErrorKind::AddrInUse));
}
