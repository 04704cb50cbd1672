//! What a table costs, and that it gives memory back. One test, because it counts the bytes of the whole process.

mod common;

use std::alloc::System;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

use cap::Cap;
use common::after;
use common::later;
use store::Table;
use tokio::time::sleep;

#[global_allocator]
static BYTES: Cap<System> = Cap::new(System, usize::MAX);

/// As long as a token.
fn key(number: usize) -> String {
    format!("{number:043}")
}

/// The rows are numbers of eight bytes: what is counted beyond them and the key is the table's own.
fn fill(table: &Table<u64>, rows: std::ops::Range<usize>, expires_at: SystemTime) {
    rows.for_each(|number| table.insert(&key(number), number as u64, expires_at));
}

async fn wait_until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "nobody swept");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn memory_is_small_and_given_back() {
    let table = Table::fair(10_000, |_: &u64| "user0");
    // The thread that will ask the allocator, and what the runtime keeps of it, are no rows.
    tokio::task::spawn_blocking(|| ()).await.unwrap();
    let empty = BYTES.allocated();
    let used = || BYTES.allocated().saturating_sub(empty);

    fill(&table, 0..10_000, later());
    let full = used();
    let row = full / 10_000 - size_of::<u64>() - 43;
    println!("{row} bytes for each row beyond its key and value");
    assert!(row <= 85, "{row} bytes");

    // At the bound it stays so, however many rows go through it: the hash table doubles once, that is all.
    fill(&table, 10_000..100_000, after(0.5));
    assert!(used() <= full + 10_000 * 9, "{} bytes after {full}", used());

    // After all rows have expired, next to nothing is left.
    wait_until(|| table.is_empty() && used() < 1000).await;

    // The few that stay are all there, in their order, and pay for themselves only.
    fill(&table, 0..500, later());
    fill(&table, 500..9_500, after(0.5));
    fill(&table, 9_500..10_000, later());
    wait_until(|| table.len() == 1000 && used() < full / 5).await;
    let newest: Vec<u64> = table.newest(10_000).into_iter().map(|(_, row)| row).collect();
    assert!(newest.into_iter().eq((9_500..10_000).rev().chain((0..500).rev())));
    table.insert("one more", 1, later());
    assert_eq!(table.get(&key(0)), Some(0));

    // Rows that are removed by hand are given back, too.
    for number in 0..10_000 {
        table.remove(&key(number));
    }
    assert_eq!(table.len(), 1);
    wait_until(|| used() < full / 50).await;
    a_large_table_shows_its_newest_rows_at_once_after_most_have_expired();
}

fn a_large_table_shows_its_newest_rows_at_once_after_most_have_expired() {
    let table = Table::new(1_000_000);
    fill(&table, 0..5, later());
    fill(&table, 5..300_000, SystemTime::now());
    assert_eq!(table.len(), 300_000);
    assert_eq!(table.newest(100).len(), 5, "behind all that have expired");
    assert_eq!(table.len(), 5, "they are met once");
    let start = Instant::now();
    for _ in 0..1000 {
        assert_eq!(table.newest(100).len(), 5);
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
