//! A port on both loopback families.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

/// How many free ports are tried until one is free on both loopback families.
const TRIES: u32 = 20;

/// Browsers and HTTP clients try either family for `localhost`, so both must be ours.
pub async fn bind(port: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let mut tries = 0;
    loop {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let found = v4.local_addr()?.port();
        tries += 1;
        match TcpListener::bind((Ipv6Addr::LOCALHOST, found)).await {
            Ok(v6) => return Ok((found, vec![v4, v6])),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if port != 0 || tries == TRIES {
                    return Err(error);
                }
            }
            Err(_) => return Ok((found, vec![v4])),
        }
    }
}
