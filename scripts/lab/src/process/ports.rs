//! Is a port free, and if not, who has it?

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

use crate::error::Error;
use crate::process::owner;

/// What stands at a port of the loopback addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// Nothing: a process can listen there.
    Free,
    /// Another process listens there.
    Taken,
    /// The system does not let this user listen there.
    Forbidden,
}

/// What stands at `port`. Browsers try `127.0.0.1` and `::1` for `localhost`, so both are looked at;
/// a host without `::1` is fine.
pub fn look(port: u16) -> Port {
    let addresses = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ];
    let states = addresses.map(|address| match TcpListener::bind((address, port)) {
        Ok(_) => Port::Free,
        Err(error) if error.kind() == ErrorKind::AddrInUse => Port::Taken,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Port::Forbidden,
        Err(_) => Port::Free,
    });
    states.into_iter().find(|state| *state != Port::Free).unwrap_or(Port::Free)
}

/// Makes sure that `port` can be used by `who` ("authorization server"), which `setting` moves elsewhere.
///
/// # Errors
/// The port is taken or forbidden. The message says by whom, where the system tells, and what to do.
pub fn demand(port: u16, who: &str, setting: &str) -> Result<(), Error> {
    let reason = match look(port) {
        Port::Free => return Ok(()),
        Port::Taken => taken(port),
        Port::Forbidden => format!("Port {port} is reserved by the system."),
    };
    Err(Error::Program(format!(
        "{reason}\nThe {who} needs it. {cure}\nOr use other ports: `cargo lab run VERSION --ports 5010,5011`, or {setting} in `.env`.",
        cure = cure(port),
    )))
}

/// The sentence that says who has `port`.
pub fn taken(port: u16) -> String {
    match owner::of_port(port) {
        Some(owner) => format!("Port {port} is taken by {owner}."),
        None => format!("Port {port} is taken by another program."),
    }
}

/// What to do about a taken `port`.
pub fn cure(port: u16) -> &'static str {
    if port == 5000 && (cfg!(target_os = "macos") || owner::is_airplay(port)) {
        "On macOS this is most often AirPlay Receiver: switch it off in System Settings, General, AirDrop & Handoff."
    } else if port == 5000 {
        "End that program first (another `lab run`? on macOS it may be AirPlay Receiver)."
    } else {
        "End that program first (another `lab run`?)."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_taken_while_somebody_listens_on_either_family() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        assert_eq!(look(port), Port::Taken);
        let message = demand(port, "client", "CLIENT_APP_PORT").expect_err("taken").to_string();
        assert!(message.starts_with(&format!("Port {port} is taken by ")), "{message}");
        assert!(message.contains("CLIENT_APP_PORT"), "{message}");
        if let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
            assert_eq!(look(listener.local_addr().expect("an address").port()), Port::Taken);
        }
    }
}
