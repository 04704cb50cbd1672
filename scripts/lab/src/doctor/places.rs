//! The two ports: free, taken by a running pair of the lab, or taken by somebody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::doctor::Finding;
use crate::process::ports::Port;
use crate::process::{health, ports};

/// Looks at one port. `who` is the process that wants it, and `setting` moves it elsewhere.
pub fn look(port: u16, who: &str, setting: &str) -> Finding {
    match ports::look(port) {
        Port::Free => Finding::good(format!("Port {port} is free for the {who}.")),
        Port::Forbidden => Finding::trouble(
            format!("Port {port} is reserved by the system, and the {who} needs it."),
            format!(
                "Choose another one: {setting} in .env, or `cargo lab run VERSION --ports 5010,5011`."
            ),
        ),
        Port::Taken => taken(port, who, setting),
    }
}

/// A taken port. A process that answers like one of ours may be a pair that runs, which is no trouble.
fn taken(port: u16, who: &str, setting: &str) -> Finding {
    let ask = |address: IpAddr| health::status(SocketAddr::new(address, port)) == Some(200);
    let answers = (ask(Ipv4Addr::LOCALHOST.into()), ask(Ipv6Addr::LOCALHOST.into()));
    let has_six = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    let by = ports::taken(port);
    match answers {
        (true, true) => running(&by, who),
        (true, false) if !has_six => running(&by, who),
        (true, false) => one_family(port, &by, "127.0.0.1", "::1"),
        (false, true) => one_family(port, &by, "::1", "127.0.0.1"),
        (false, false) => Finding::trouble(
            format!("{by} The {who} needs it."),
            format!("{} Or choose another port: {setting} in .env, or --ports.", ports::cure(port)),
        ),
    }
}

fn running(by: &str, who: &str) -> Finding {
    Finding::note(
        format!("{by} It answers like a process of the lab."),
        format!(
            "Nothing to do if a pair is meant to run. To start another one, end it first: it has the port of the {who}."
        ),
    )
}

fn one_family(port: u16, by: &str, good: &str, bad: &str) -> Finding {
    Finding::trouble(
        format!("{by} It answers on {good} but not on {bad}."),
        format!(
            "Browsers may try {bad} first for http://localhost:{port}. Another program may sit on {bad}: end it. A server of your own should listen on both."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;
    use std::io::Read;
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;

    fn serve(listener: TcpListener) {
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 512]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nok");
            }
        });
    }

    #[test]
    fn a_port_held_by_a_stranger_and_one_with_half_a_server_are_told_apart() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = silent.local_addr().expect("an address").port();
        drop(silent);
        assert_eq!(look(port, "client", "CLIENT_APP_PORT").level, Level::Good);

        let half = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = half.local_addr().expect("an address").port();
        serve(half);
        let finding = look(port, "client", "CLIENT_APP_PORT");
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(six) => {
                assert_eq!(finding.level, Level::Trouble);
                assert!(
                    finding.what.contains("answers on 127.0.0.1 but not on ::1"),
                    "{}",
                    finding.what
                );
                serve(six);
                assert_eq!(look(port, "client", "CLIENT_APP_PORT").level, Level::Note);
            }
            // A host without ::1 has one family, and that is enough.
            Err(_) => assert_eq!(finding.level, Level::Note),
        }
    }
}
