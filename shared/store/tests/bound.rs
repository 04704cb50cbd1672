//! What a full table does: the oldest row makes room, whatever its end.

mod common;

use common::after;
use common::later;
use store::Table;

fn keys(table: &Table<u32>, most: usize) -> Vec<String> {
    table.newest(most).into_iter().map(|(key, _)| key).collect()
}

#[test]
fn the_oldest_row_goes_even_if_it_would_live_the_longest() {
    let table = Table::new(3);
    table.insert("a", 1, after(3000.0));
    table.insert("b", 2, after(2000.0));
    table.insert("c", 3, after(1000.0));
    table.insert("d", 4, after(100.0));
    assert_eq!(keys(&table, 10), ["d", "c", "b"]);
    // Looking at a row or changing it does not make it younger.
    table.update("b", |row| *row += 1);
    assert_eq!(table.get("b"), Some(3));
    table.insert("e", 5, after(5000.0));
    assert_eq!(keys(&table, 10), ["e", "d", "c"]);
}

#[test]
fn rows_of_the_same_instant_go_in_the_order_in_which_they_came() {
    for trial in 0..200 {
        let table = Table::new(50);
        let expires_at = later();
        let mine = format!("{:x}", u64::wrapping_mul(trial, 0x9E37_79B9_7F4A_7C15));
        for number in 0..50_u64 {
            table.insert(&format!("{trial} before {number}"), 0, expires_at);
        }
        table.insert(&mine, 1, expires_at);
        for number in 0..49_u64 {
            table.insert(&format!("{number} after {trial}"), 0, expires_at);
            assert_eq!(table.len(), 50);
        }
        assert_eq!(table.get(&mine), Some(1), "49 newer rows leave room for it");
        table.insert("the fiftieth", 0, expires_at);
        assert_eq!(table.get(&mine), None);
    }
}

#[test]
fn a_removed_row_makes_room() {
    let table = Table::new(2);
    table.insert("a", 1, later());
    table.insert("b", 2, later());
    table.remove("b");
    table.insert("c", 3, later());
    assert_eq!(keys(&table, 10), ["c", "a"]);
}

#[test]
fn the_smallest_table_holds_the_last_row() {
    for bound in [0, 1] {
        let table = Table::new(bound);
        for number in 0..1000 {
            table.insert(&number.to_string(), number, later());
            assert_eq!(keys(&table, 10), [number.to_string()]);
        }
    }
}

#[test]
fn the_largest_bound_costs_nothing_before_it_is_used() {
    let table = Table::new(usize::MAX);
    table.insert("a", 1, later());
    assert_eq!(table.get("a"), Some(1));
}

#[test]
fn newest_returns_as_many_as_asked_newest_first() {
    let table = Table::new(5);
    assert!(table.newest(3).is_empty());
    for number in 1..=7 {
        table.insert(&number.to_string(), number, later());
    }
    assert!(table.newest(0).is_empty());
    assert_eq!(keys(&table, 1), ["7"]);
    assert_eq!(keys(&table, 4), ["7", "6", "5", "4"]);
    for most in [5, 6, usize::MAX] {
        assert_eq!(keys(&table, most), ["7", "6", "5", "4", "3"]);
    }
    table.remove("7");
    table.remove("5");
    assert_eq!(keys(&table, 2), ["6", "4"]);
}
