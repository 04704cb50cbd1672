//! Listening on both loopback addresses, and ending cleanly.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::io::Read;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower_service::Service;

use crate::notice;

/// How long [`answers`] waits for the other process.
const PATIENCE: Duration = Duration::from_millis(300);

/// Binds `127.0.0.1` and `::1`: browsers try either for `localhost`. A machine without `::1` is fine.
pub(crate) async fn bind(port: u16) -> Result<Vec<TcpListener>, String> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let mut listeners = vec![v4.map_err(|error| refused(port, "127.0.0.1", &error))?];
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(listener) => listeners.push(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            return Err(refused(port, "::1", &error));
        }
        Err(error) => notice(&format!("no ::1 on this machine ({error}); 127.0.0.1 is enough")),
    }
    Ok(listeners)
}

fn refused(port: u16, address: &str, error: &std::io::Error) -> String {
    if error.kind() != ErrorKind::AddrInUse {
        return format!("it cannot listen on {address} port {port}: {error}.");
    }
    let airplay = match port {
        5000 => {
            " On macOS this is often AirPlay Receiver: turn it off in System Settings, General, AirDrop & Handoff."
        }
        _ => "",
    };
    format!(
        "port {port} on {address} is taken by another program.{airplay} End that program, \
         or choose other ports with AUTH_SERVER_PORT and CLIENT_APP_PORT (in both terminals, or in .env)."
    )
}

/// Serves until Ctrl-C, or until a listener fails.
pub(crate) async fn serve<S>(listeners: Vec<TcpListener>, service: S) -> Result<(), String>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let mut serving = JoinSet::new();
    for listener in listeners {
        // Small answers go out at once.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let service = service.clone();
        serving.spawn(async move { axum::serve(listener, service).await });
    }
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Ok(()),
        Some(ended) = serving.join_next() => Err(format!("a listener ended: {ended:?}")),
    }
}

/// Ends this process when its standard input ends, if `LAB_EXIT_WITH_STDIN` is 1.
///
/// A parent that holds the other end of that pipe leaves no child behind, however it ends.
pub(crate) fn end_with_stdin() {
    if std::env::var("LAB_EXIT_WITH_STDIN").is_ok_and(|value| value == "1") {
        std::thread::spawn(|| {
            let mut bytes = [0; 64];
            while std::io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
            std::process::exit(0);
        });
    }
}

/// Whether something listens at this `http://host:port` address: a short TCP try, no request.
pub async fn answers(url: &str) -> bool {
    let Some(host) = url.strip_prefix("http://") else {
        return false;
    };
    let host = match host.contains(':') {
        true => host.to_string(),
        false => format!("{host}:80"),
    };
    let Ok(addresses) = lookup_host(host).await else {
        return false;
    };
    for address in addresses {
        if matches!(timeout(PATIENCE, TcpStream::connect(address)).await, Ok(Ok(_))) {
            return true;
        }
    }
    false
}
