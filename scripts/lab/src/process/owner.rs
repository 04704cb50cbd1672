//! Who listens on a port, where the system tells: `/proc` on Linux, `lsof` elsewhere.

use std::fs;
use std::process::Command;

/// A process that listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The program's name.
    pub program: String,
    /// Its process id.
    pub pid: u32,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {})", self.program, self.pid)
    }
}

/// The process that listens on `port`, if the system lets us see it.
pub fn of_port(port: u16) -> Option<Owner> {
    if cfg!(target_os = "linux") {
        from_proc(port)
    } else {
        from_lsof(port)
    }
}

/// Whether AirPlay Receiver holds `port`. macOS names its process ControlCenter (`ControlCe` in lsof).
pub fn is_airplay(port: u16) -> bool {
    of_port(port).is_some_and(|owner| owner.program.starts_with("ControlCe"))
}

/// Looks up the socket in `/proc/net/tcp*`, then the process that has it open.
fn from_proc(port: u16) -> Option<Owner> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let inodes: Vec<String> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, port))
        .collect();
    let processes = fs::read_dir("/proc").ok()?;
    processes.flatten().find_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        let open = fs::read_dir(process.path().join("fd")).ok()?;
        let has = open.flatten().filter_map(|file| fs::read_link(file.path()).ok()).any(|target| {
            inodes.iter().any(|inode| target.to_string_lossy() == format!("socket:[{inode}]"))
        });
        let program = || fs::read_to_string(process.path().join("comm")).ok();
        has.then(program)?.map(|name| Owner {
            program: name.trim().into(),
            pid,
        })
    })
}

/// The inodes of the sockets that listen on `port`, from the text of `/proc/net/tcp`.
fn listening_inodes(table: &str, port: u16) -> Vec<String> {
    let here = format!(":{port:04X}");
    table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        // Columns: number, local address, remote address, state (0A is "listening"), …, inode.
        .filter(|columns| columns.len() > 9 && columns[1].ends_with(&here) && columns[3] == "0A")
        .map(|columns| columns[9].to_string())
        .collect()
}

/// Asks `lsof`, which macOS has. `-F pc` prints one field a line: `p123`, `cname`.
fn from_lsof(port: u16) -> Option<Owner> {
    let socket = format!("-iTCP:{port}");
    let output = Command::new("lsof")
        .args([
            "-nP",
            &socket,
            "-sTCP:LISTEN",
            "-F",
            "pc",
        ])
        .output()
        .ok()?;
    parse_lsof(&String::from_utf8_lossy(&output.stdout))
}

/// The first process in the output of `lsof -F pc`.
fn parse_lsof(output: &str) -> Option<Owner> {
    let field = |letter: char| output.lines().find_map(|line| line.strip_prefix(letter));
    Some(Owner {
        program: field('c')?.into(),
        pid: field('p')?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listening_socket_is_found_in_the_table() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0\n\
            1: 0100007F:1388 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0\n";
        assert_eq!(listening_inodes(table, 5000), ["4711"]);
        assert!(listening_inodes(table, 5001).is_empty());
    }

    #[test]
    fn lsof_fields_become_an_owner() {
        let owner = parse_lsof("p611\ncControlCe\nf10\n").expect("two fields");
        assert_eq!(owner.to_string(), "ControlCe (process 611)");
        assert_eq!(parse_lsof(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_listener_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        assert_eq!(of_port(port).expect("ourselves").pid, std::process::id());
    }
}
