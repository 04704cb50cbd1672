//! Who sweeps: a task, once a second, without anyone asking, as long as somebody holds the table.

mod common;

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

use common::after;
use common::later;
use store::Table;
use tokio::time::sleep;

#[tokio::test]
async fn expired_rows_leave_memory_and_the_others_stay() {
    let table = Table::new(10);
    table.insert("short", 1, after(0.05));
    table.insert("long", 2, later());
    assert_eq!(table.len(), 2);
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(table.len(), 1);
    assert_eq!(table.get("long"), Some(2));
    // It goes on sweeping.
    table.insert("short", 1, after(0.05));
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(table.len(), 1);
}

#[tokio::test]
async fn the_rows_end_with_the_last_handle_of_their_table() {
    let row = Arc::new(());
    let table = Table::new(10);
    table.insert("a", row.clone(), later());
    let other = table.clone();
    drop(table);
    assert_eq!(Arc::strong_count(&row), 2);
    drop(other);
    assert_eq!(Arc::strong_count(&row), 1);
}

#[tokio::test]
async fn a_large_sweep_lets_others_in_between() {
    let table = Table::new(200_000);
    for number in 0..200_000 {
        table.insert(&number.to_string(), number, SystemTime::UNIX_EPOCH);
    }
    // The task that sweeps shares this thread: what it does without a pause is seen as one step.
    let start = Instant::now();
    let mut before = table.len();
    while before > 0 {
        tokio::task::yield_now().await;
        let now = table.len();
        assert!(before - now <= 10_000, "{} rows under one lock", before - now);
        assert!(start.elapsed() < Duration::from_secs(60), "nobody swept");
        before = now;
    }
}
