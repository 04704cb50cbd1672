//! Who sweeps: a task, once a second, without anyone asking, as long as somebody holds the table.

mod common;

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_sweep_lets_others_in_between() {
    let table = Table::new(300_000);
    for number in 0..300_000 {
        table.insert(&number.to_string(), number, after(0.5));
    }
    table.insert("mine", 1, later());
    let reader = table.clone();
    let waits = thread::spawn(move || {
        let mut answers = 0;
        let start = Instant::now();
        while reader.len() > 1 {
            // Counts only the time in which the sweep is under way.
            answers += usize::from(reader.len() < 300_000 && reader.get("mine") == Some(1));
            assert!(start.elapsed() < Duration::from_secs(60), "nobody swept");
        }
        answers
    });
    let answers = tokio::task::spawn_blocking(|| waits.join().unwrap()).await.unwrap();
    assert!(answers > 20, "{answers} answers during the sweep");
}
