//! What a shared table does when rows expire and when its owners are many.

mod common;

use std::thread::sleep;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use common::after;
use common::later;
use common::owned::Row;
use common::owned::insert;
use common::owned::keys;
use common::owned::table;
use store::Table;
use tokio::time::sleep as sleep_async;

#[test]
fn an_expired_row_goes_before_one_that_can_be_found() {
    let table = table(4, "bb");
    table.insert(
        "a1",
        Row {
            owner: "a".to_string(),
        },
        after(0.01),
    );
    insert(&table, 'b');
    sleep(Duration::from_millis(300));
    insert(&table, 'b');
    assert_eq!(keys(&table), "b1 b2 b3 b4");
    insert(&table, 'b');
    assert_eq!(keys(&table), "b2 b3 b4 b5");
}

#[test]
fn a_row_that_is_about_to_expire_is_not_pushed_out_early() {
    // Expiry is noted in quarters of a second. This row lives to the last moment of one that is under way.
    let nanos = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    for _ in 0..20 {
        let table = table(4, "bbb");
        let expires_at =
            UNIX_EPOCH + Duration::from_nanos(nanos() / 250_000_000 * 250_000_000 + 249_999_999);
        table.insert(
            "a1",
            Row {
                owner: "a".to_string(),
            },
            expires_at,
        );
        insert(&table, 'b');
        let found = table.get("a1").is_some();
        // A slow machine may have let the moment pass: then this says nothing, and is tried again.
        if SystemTime::now() < expires_at {
            assert!(found);
            assert_eq!(table.len(), 4);
            return;
        }
    }
}

#[tokio::test]
async fn rows_that_move_to_smaller_memory_keep_their_owners() {
    let table = table(200, "bbaaa");
    for number in 0..180 {
        table.insert(
            &number.to_string(),
            Row {
                owner: "x".to_string(),
            },
            after(0.05),
        );
    }
    sleep_async(Duration::from_millis(1500)).await;
    assert_eq!(keys(&table), "b1 b2 a1 a2 a3");
    // Full again: of all owners a holds the most, and a's oldest row is not the oldest of all.
    for number in 0..196 {
        table.insert(
            &number.to_string(),
            Row {
                owner: number.to_string(),
            },
            later(),
        );
    }
    assert!(table.get("a1").is_none() && table.get("b1").is_some());
    assert_eq!(table.len(), 200);
}

#[test]
fn a_hundred_thousand_owners_cost_little() {
    let max_rows = 200_000;
    let table = Table::fair(max_rows, |row: &Row| &row.owner);
    let expires_at = later();
    let fill = |from: usize, to: usize, owners: usize| {
        let start = Instant::now();
        for number in from..to {
            let owner = format!("owner {}", number % owners);
            table.insert(&number.to_string(), Row { owner }, expires_at);
        }
        start.elapsed()
    };
    fill(0, max_rows, 100_000);
    let many = fill(max_rows, 2 * max_rows, 100_000);
    assert_eq!(table.len(), max_rows);
    assert!(table.get("199999").is_none() && table.get("200000").is_some());
    // One more owner floods: two rows each is what the others hold, and keep.
    let start = Instant::now();
    for number in 0..max_rows {
        table.insert(
            &format!("x{number}"),
            Row {
                owner: "x".to_string(),
            },
            expires_at,
        );
    }
    let flood = start.elapsed();
    // The two oldest rows made room for the first two of the flood.
    assert_eq!(
        (200_000..400_000).filter(|key| table.get(&key.to_string()).is_some()).count(),
        199_998
    );
    assert!(many.max(flood) < Duration::from_secs(60), "{many:?}, {flood:?}");
}
