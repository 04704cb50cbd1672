//! Listening on both loopback addresses, and ending cleanly.

use std::io::ErrorKind;
use std::io::Read;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio::time::timeout;

use crate::log;
use crate::notice;
use crate::seats::Bounds;
use crate::seats::Order;
use crate::seats::Seats;
use crate::seats::Taken;
use crate::site::Site;
use crate::wire::Wire;

/// How long [`answers`] waits for the other process.
const PATIENCE: Duration = Duration::from_millis(300);

/// How long what is under way may take when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How much of a request hyper keeps before it has the whole head, in bytes. All cookies of `localhost` come with each
/// request, so heads are large on a machine where people develop; beyond about twice this the answer is 431.
const MAX_HEAD: usize = 64 * 1024;

/// How long to wait when no connection can be taken in: the least, doubled each time up to the most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Descriptors for everything but connections.
const OWN_DESCRIPTORS: usize = 64;

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

/// Serves until Ctrl-C. What is under way then is finished, within two seconds.
pub(crate) async fn serve(
    listeners: Vec<TcpListener>,
    site: Arc<Site>,
    mut bounds: Bounds,
) -> Result<(), String> {
    let fitting = descriptors().map_or(usize::MAX, fitting);
    if fitting < bounds.connections {
        notice(&format!(
            "at most {fitting} connections at once: this system allows no more open files"
        ));
        bounds.connections = fitting;
    }
    let seats = Seats::new(bounds);
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, seats.clone(), site.clone()));
    }
    let ended = tokio::select! {
        signal = tokio::signal::ctrl_c() => signal.map_err(|error| format!("no Ctrl-C here: {error}.")),
        Some(ended) = accepting.join_next() => Err(format!("a listener ended: {ended:?}.")),
    };
    accepting.shutdown().await;
    seats.finish(LAST_WORDS).await;
    ended
}

/// Takes connections in, for ever.
async fn accept(listener: TcpListener, seats: Arc<Seats>, site: Arc<Site>) {
    let mut pause = BACK_OFF.0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                pause = BACK_OFF.0;
                let seat = seats.take().await;
                tokio::spawn(converse(stream, peer, seat, site.clone()));
            }
            // The browser went away before we came.
            Err(error) if is_theirs(&error) => {}
            // No descriptor or memory is left: make room, and do not spin.
            Err(_) => {
                seats.close_most_silent();
                sleep(pause).await;
                pause = (pause * 2).min(BACK_OFF.1);
            }
        }
    }
}

fn is_theirs(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

/// Serves one connection until it ends, loses its seat, or the process ends.
async fn converse(stream: TcpStream, peer: SocketAddr, taken: Taken, site: Arc<Site>) {
    // Small answers go out at once.
    let _ = stream.set_nodelay(true);
    let seat = &taken.seat;
    let wire = TokioIo::new(Wire::new(stream, seat.clone()));
    let service = service_fn(|request| site.answer(peer, seat, request));
    // The time-outs are the seats' work: a timer that hyper starts for each request costs more.
    let mut connection =
        pin!(http1::Builder::new().max_buf_size(MAX_HEAD).serve_connection(wire, service));
    loop {
        tokio::select! {
            biased;
            // An error here is the browser's: it went away, or spoke no HTTP.
            _ = connection.as_mut() => return,
            order = seat.order() => match order {
                Order::Finish => connection.as_mut().graceful_shutdown(),
                Order::Close => return,
            },
        }
    }
}

/// How many connections fit into that many descriptors: each may need a second one, to the other process.
fn fitting(descriptors: usize) -> usize {
    (descriptors.saturating_sub(OWN_DESCRIPTORS) / 2).max(1)
}

/// How many descriptors this process may open; `None` where sockets are not counted so.
fn descriptors() -> Option<usize> {
    if cfg!(not(unix)) {
        return None;
    }
    match std::fs::read_to_string("/proc/self/limits") {
        Ok(limits) => soft_limit(&limits),
        // What a terminal of macOS gives.
        Err(_) => Some(256),
    }
}

/// The soft limit in the table that Linux shows; `None` when there is no limit.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Ends this process when its standard input ends, if `LAB_EXIT_WITH_STDIN` is 1.
///
/// A parent that holds the other end of that pipe leaves no child behind, however it ends.
pub(crate) fn end_with_stdin() {
    if std::env::var("LAB_EXIT_WITH_STDIN").is_ok_and(|value| value == "1") {
        std::thread::spawn(|| {
            let mut bytes = [0; 64];
            while std::io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
            log::flush();
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

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
