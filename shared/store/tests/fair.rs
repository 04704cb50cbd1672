//! What a full table does that its owners share: who holds the most gives way.

mod common;

use common::later;
use common::owned::Row;
use common::owned::insert;
use common::owned::keys;
use common::owned::table;

#[test]
fn a_flood_ends_only_rows_of_its_own() {
    let table = table(10, "aabbb");
    for _ in 0..1000 {
        insert(&table, 'x');
    }
    assert_eq!(keys(&table), "a1 a2 b1 b2 b3 x996 x997 x998 x999 x1000");
}

#[test]
fn the_new_row_counts_for_its_owner() {
    // Both hold three. Whoever inserts would hold four, and loses the oldest of their own.
    let table = table(6, "aaabbb");
    insert(&table, 'b');
    assert_eq!(keys(&table), "a1 a2 a3 b2 b3 b4");
    insert(&table, 'a');
    assert_eq!(keys(&table), "a2 a3 b2 b3 b4 a4");
}

#[test]
fn one_row_more_is_the_most_and_one_less_is_not() {
    let first = table(5, "aabbb");
    insert(&first, 'c');
    assert_eq!(keys(&first), "a1 a2 b2 b3 c1", "b held one more than a");
    // With the new row a holds as many as b: the older of the two oldest rows goes, and it belongs to a.
    let second = table(5, "aabbb");
    insert(&second, 'a');
    assert_eq!(keys(&second), "a2 b1 b2 b3 a3");
    let third = table(5, "bbaab");
    insert(&third, 'a');
    assert_eq!(keys(&third), "b2 a1 a2 b3 a3");
}

#[test]
fn among_equals_the_oldest_row_goes() {
    for (owners, left) in [
        ("abc", "b1 c1 d1"),
        ("bca", "c1 a1 d1"),
        ("cba", "b1 a1 d1"),
    ] {
        let table = table(3, owners);
        insert(&table, 'd');
        assert_eq!(keys(&table), left);
    }
    // What counts is the oldest row that is still there.
    let table = table(4, "abba");
    table.remove("a1");
    insert(&table, 'a');
    insert(&table, 'c');
    assert_eq!(keys(&table), "b2 a2 a3 c1");
}

#[test]
fn the_new_row_stays_even_if_there_is_room_for_one_only() {
    let table = table(1, "a");
    for owner in "aabbacc".chars() {
        insert(&table, owner);
        assert!(keys(&table).starts_with(owner));
        assert_eq!(table.len(), 1);
    }
}

#[test]
fn rows_that_were_removed_or_replaced_count_no_more() {
    let table = table(6, "aaaabb");
    for key in ["a2", "a3", "a4"] {
        table.remove(key);
    }
    "cc".chars().for_each(|owner| insert(&table, owner));
    // b1 belongs to c now, under its old key.
    table.insert(
        "b1",
        Row {
            owner: "c".to_string(),
        },
        later(),
    );
    assert_eq!(keys(&table), "a1 b2 c1 c2 b1");
    "da".chars().for_each(|owner| insert(&table, owner));
    assert_eq!(keys(&table), "a1 b2 c2 b1 d1 a2");
}

#[test]
fn the_owner_is_the_one_at_the_insert() {
    let table = table(3, "abb");
    table.update("b1", |row| row.owner = "a".to_string());
    insert(&table, 'c');
    assert_eq!(table.newest(9).len(), 3);
    assert!(table.get("b1").is_none() && table.get("a1").is_some());
}
