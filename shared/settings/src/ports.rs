//! Ports that no browser opens.

/// The "bad ports" of the fetch standard (§2.9): ports of other protocols, which a page must not be able to talk to.
const BLOCKED: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// Whether browsers refuse to open `port` (Chrome says ERR_UNSAFE_PORT).
pub fn is_blocked(port: u16) -> bool {
    BLOCKED.contains(&port)
}

/// Reads a port: digits alone, from 1 to 65535.
///
/// # Errors
/// Why it is none, or why no browser would go there: the end of a sentence that begins with the port's name.
pub fn parse(text: &str) -> Result<u16, String> {
    // `parse` alone takes a plus sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(0) | Err(_) => Err("is not a port: ports go from 1 to 65535".into()),
        Ok(_) if !digits => Err("is not a port: a port is written in digits alone".into()),
        Ok(port) if is_blocked(port) => {
            Err("is a port that browsers refuse to open, because another protocol owns it".into())
        }
        Ok(port) => Ok(port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_other_protocols_are_blocked_and_their_neighbours_are_not() {
        for port in [
            "1", "22", "6000", "6566", "6665", "6666", "6667", "6668", "6669", "6697", "10080",
            "5060", "2049",
        ] {
            assert!(parse(port).is_err_and(|why| why.contains("browsers refuse")), "{port}");
        }
        for port in [
            "2", "24", "80", "443", "5000", "5001", "5059", "5062", "5999", "6001", "6664", "6670",
            "65535",
        ] {
            assert_eq!(parse(port).map(|port| port.to_string()).as_deref(), Ok(port));
        }
    }

    #[test]
    fn what_is_no_port_is_refused() {
        for text in [
            "",
            "0",
            "00",
            "65536",
            "99999",
            "-1",
            "+5000",
            "5000 ",
            " 5000",
            "5_000",
            "0x1388",
            "sixty",
            "５０００",
        ] {
            assert!(parse(text).is_err_and(|why| why.contains("is not a port")), "{text}");
        }
    }
}
