//! A process beside the two: it answers `/healthz` and nothing else.

use std::io::Read;

#[tokio::main]
async fn main() {
    if std::env::var_os("LAB_EXIT_WITH_STDIN").is_some() {
        std::thread::spawn(|| {
            let mut byte = [0];
            while std::io::stdin().read(&mut byte).is_ok_and(|read| read > 0) {}
            std::process::exit(0);
        });
    }
    let port = std::env::var("API_PORT").unwrap_or_else(|_| "5002".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    println!("listening on {port}");
    let routes = axum::Router::new().route("/healthz", axum::routing::get(|| async { "ok" }));
    axum::serve(listener, routes).await.expect("it serves");
}
