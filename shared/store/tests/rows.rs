//! What a table promises for one row: by its key it is found until it expires.

mod common;

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::thread::sleep;
use std::time::Duration;
use std::time::SystemTime;

use common::after;
use common::later;
use store::Table;

#[test]
fn a_row_is_found_until_it_expires_and_by_nobody_afterwards() {
    let table = Table::new(10);
    table.insert("long", 1, later());
    let expires_at = after(0.3);
    table.insert("short", 2, expires_at);
    assert_eq!(table.get("short"), Some(2));
    assert_eq!(
        table.newest(10),
        [
            ("short".to_string(), 2),
            ("long".to_string(), 1)
        ]
    );
    while SystemTime::now() < expires_at {
        sleep(Duration::from_millis(1));
    }
    assert_eq!(table.len(), 2, "nobody has swept it");
    assert_eq!(table.get("short"), None);
    assert_eq!(table.update("short", |_| ()), None);
    assert_eq!(table.take_if("short", |_| true), None);
    assert_eq!(table.remove("short"), None);
    assert_eq!(table.newest(10), [("long".to_string(), 1)]);
    assert_eq!(table.get("long"), Some(1));
}

#[test]
fn a_row_can_be_inserted_too_late_and_can_last_for_ever() {
    let table = Table::new(10);
    let now = SystemTime::now();
    let past = [
        now,
        now - Duration::from_secs(1),
        SystemTime::UNIX_EPOCH,
        SystemTime::UNIX_EPOCH - Duration::from_secs(9),
    ];
    for expires_at in past {
        table.insert("row", 1, expires_at);
        assert_eq!(table.get("row"), None);
    }
    // Beyond what 64 bits of nanoseconds hold: the year 2554, or 10,000 years from now.
    for years in [600, 10_000] {
        table.insert("row", years, now + Duration::from_secs(years * 31_557_600));
        assert_eq!(table.get("row"), Some(years));
    }
}

#[test]
fn a_key_is_compared_as_a_whole() {
    let table = Table::new(10);
    table.insert("abc", 1, later());
    table.insert("", 2, later());
    for near_miss in [
        "ab", "abcd", "ABC", "abc ", "\0abc", "äbc",
    ] {
        assert_eq!(table.get(near_miss), None, "{near_miss:?}");
        assert_eq!(table.remove(near_miss), None, "{near_miss:?}");
    }
    assert_eq!((table.get("abc"), table.get("")), (Some(1), Some(2)));
}

#[test]
fn a_row_that_is_inserted_again_replaces_the_first_and_is_the_newest() {
    let table = Table::new(2);
    table.insert("a", 1, later());
    table.insert("b", 2, later());
    table.insert("a", 3, later());
    assert_eq!(table.len(), 2);
    assert_eq!(
        table.newest(10),
        [
            ("a".to_string(), 3),
            ("b".to_string(), 2)
        ]
    );
    table.insert("c", 4, later());
    assert_eq!(table.get("b"), None, "now the oldest");
    assert_eq!(table.get("a"), Some(3));
    // The last end counts, whether it is sooner or later than the one before.
    table.insert("a", 5, SystemTime::now());
    assert_eq!(table.get("a"), None);
    table.insert("a", 6, later());
    assert_eq!(table.get("a"), Some(6));
}

#[test]
fn update_changes_the_row_and_returns_what_the_function_returns() {
    let table = Table::new(10);
    table.insert("a", 1, later());
    assert_eq!(table.update("a", |row| std::mem::replace(row, 2)), Some(1));
    assert_eq!(table.get("a"), Some(2));
    assert_eq!(table.update("b", |row| *row = 3), None);
}

#[test]
fn a_row_is_taken_only_if_it_is_wanted() {
    let table = Table::new(10);
    table.insert("a", 1, later());
    assert_eq!(table.take_if("a", |row| *row == 2), None);
    assert_eq!(table.take_if("a", |row| *row == 1), Some(1));
    assert_eq!(table.take_if("a", |row| *row == 1), None);
    assert!(table.is_empty());
}

#[test]
fn of_many_rows_those_that_are_named_are_removed() {
    let table = Table::new(10);
    for number in 1..=6 {
        table.insert(&number.to_string(), number, later());
    }
    table.remove_where(|row| row % 3 == 0);
    let left: Vec<_> = table.newest(10).into_iter().map(|(_, row)| row).collect();
    assert_eq!(left, [5, 4, 2, 1]);
    table.remove_where(|_| false);
    assert_eq!(table.len(), 4);
    table.remove_where(|_| true);
    assert!(table.is_empty());
}

#[test]
fn clones_share_their_rows() {
    let table = Table::new(10);
    table.clone().insert("a", 1, later());
    assert!(!table.is_empty());
    assert_eq!(table.remove("a"), Some(1));
    assert!(table.clone().is_empty());
}

#[test]
fn a_panic_under_the_lock_leaves_the_table_usable() {
    let table = Table::new(10);
    table.insert("a", 1, later());
    let panics = || table.update("a", |_| -> () { panic!("on purpose") });
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(table.get("a"), Some(1));
    table.insert("b", 2, later());
    assert_eq!(table.len(), 2);
}

#[test]
fn debug_output_shows_no_row() {
    let table = Table::new(10);
    table.insert("secret-key", "secret-value", later());
    assert_eq!(format!("{table:?}"), "Table { .. }");
}
