//! What a table promises when many ask at once.

mod common;

use std::sync::Barrier;
use std::thread;

use common::later;
use store::Table;

const THREADS: usize = 20;

/// Runs `job` on many threads at once, and returns how many of them it returned `true` to.
fn winners(job: impl Fn() -> bool + Sync) -> usize {
    let barrier = Barrier::new(THREADS);
    let run = || {
        barrier.wait();
        job()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
    })
}

#[test]
fn exactly_one_of_many_marks_a_row() {
    let table = Table::new(10);
    for _ in 0..200 {
        table.insert("code", false, later());
        let mark = || table.update("code", |used| !std::mem::replace(used, true)) == Some(true);
        assert_eq!(winners(mark), 1);
        assert_eq!(table.get("code"), Some(true));
    }
}

#[test]
fn exactly_one_of_many_takes_a_row() {
    let table = Table::new(10);
    for _ in 0..200 {
        table.insert("ticket", 7, later());
        assert_eq!(winners(|| table.take_if("ticket", |row| *row == 7).is_some()), 1);
        table.insert("ticket", 7, later());
        assert_eq!(winners(|| table.remove("ticket").is_some()), 1);
    }
}

#[test]
fn no_change_is_lost() {
    let table = Table::new(10);
    table.insert("count", 0, later());
    let add_many = || (0..1000).all(|_| table.update("count", |count| *count += 1).is_some());
    assert_eq!(winners(add_many), THREADS);
    assert_eq!(table.get("count"), Some(20_000));
}
