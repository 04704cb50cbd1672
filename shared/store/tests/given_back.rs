//! Whether the system gets the memory of expired rows back. It asks Linux how much this process holds.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod common;

use std::time::Duration;
use std::time::Instant;

use common::after;
use store::Table;
use tokio::time::sleep;

const ROWS: usize = 100_000;

/// How many bytes of this process are in memory (proc_pid_status(5)).
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[tokio::test]
async fn the_system_gets_the_memory_of_expired_rows_back() {
    let table = Table::new(ROWS);
    let before = resident();
    // What a server does in the meantime: now and then a block that stays, between those of the rows.
    let mut stay = Vec::new();
    for number in 0..ROWS {
        table.insert(&format!("{number:043}"), "x".repeat(100), after(0.5));
        if number % 1000 == 0 {
            stay.push(vec![1_u8; 100]);
        }
    }
    let full = resident() - before;
    assert!(full > ROWS * 150, "{full} bytes for {ROWS} rows: they are not in memory");
    let start = Instant::now();
    loop {
        let left = resident().saturating_sub(before);
        if left < full / 5 {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{left} of {full} bytes are still held");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stay.len(), ROWS / 1000);
}
