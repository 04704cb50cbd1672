//! What a table promises.

use std::sync::Arc;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use std::time::SystemTime;

use store::Table;

fn in_seconds(seconds: f64) -> SystemTime {
    SystemTime::now() + Duration::from_secs_f64(seconds)
}

#[test]
fn a_row_is_found_until_it_ends() {
    let table = Table::new(10);
    table.insert("long", 1, in_seconds(60.0));
    table.insert("short", 2, in_seconds(0.05));
    assert_eq!(table.get("short"), Some(2));
    thread::sleep(Duration::from_millis(80));
    assert_eq!(table.get("short"), None);
    assert_eq!(table.update("short", |_| ()), None);
    assert_eq!(table.take_if("short", |_| true), None);
    assert_eq!(table.rows(), [("long".to_string(), 1)]);
}

#[tokio::test]
async fn ended_rows_leave_memory_without_anyone_asking() {
    let table = Table::new(10);
    table.insert("short", 1, in_seconds(0.05));
    assert_eq!(table.len(), 1);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(table.is_empty());
}

#[test]
fn at_the_bound_the_row_that_would_end_first_makes_room() {
    let table = Table::new(3);
    table.insert("b", 2, in_seconds(20.0));
    table.insert("a", 1, in_seconds(10.0));
    table.insert("c", 3, in_seconds(30.0));
    table.insert("d", 4, in_seconds(5.0));
    assert_eq!(table.get("a"), None);
    assert_eq!(table.get("d"), Some(4));
    for number in 0..1000 {
        table.insert(&format!("row {number}"), number, in_seconds(60.0));
        assert!(table.len() <= 3);
    }
}

#[test]
fn a_row_that_is_put_in_again_counts_once() {
    let table = Table::new(2);
    table.insert("a", 1, in_seconds(10.0));
    table.insert("b", 1, in_seconds(20.0));
    table.insert("a", 2, in_seconds(30.0));
    assert_eq!(table.len(), 2);
    assert_eq!(table.get("b"), Some(1));
}

#[test]
fn update_can_move_the_end_of_a_row() {
    let table = Table::new(2);
    table.insert("a", 1, in_seconds(0.05));
    table.insert("b", 2, in_seconds(20.0));
    table.update("a", |row| row.keep_until = in_seconds(60.0));
    thread::sleep(Duration::from_millis(80));
    assert_eq!(table.get("a"), Some(1));
    table.insert("c", 3, in_seconds(30.0));
    assert_eq!(table.get("b"), None, "b now ends first, so b made room");
}

#[test]
fn take_if_leaves_a_row_that_is_not_wanted() {
    let table = Table::new(10);
    table.insert("a", 1, in_seconds(60.0));
    assert_eq!(table.take_if("a", |value| *value == 2), None);
    assert_eq!(table.take_if("a", |value| *value == 1), Some(1));
    assert_eq!(table.remove("a"), None);
}

#[test]
fn of_many_callers_at_once_one_wins() {
    for _ in 0..50 {
        let codes = Table::new(10);
        codes.insert("code", false, in_seconds(60.0));
        let start = Arc::new(Barrier::new(8));
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let (table, start) = (codes.clone(), start.clone());
                thread::spawn(move || {
                    start.wait();
                    table.update("code", |used| !std::mem::replace(&mut **used, true)) == Some(true)
                })
            })
            .collect();
        let wins =
            callers.into_iter().filter_map(|caller| caller.join().ok()).filter(|won| *won).count();
        assert_eq!(wins, 1);
    }
}
