//! The threads at the right: each value has a line from the row where it is born to the last one that knows it.

use std::fmt::Write;

use crate::marks::Mark;
use crate::shape;
use crate::tell::Row;

/// The distance between two threads.
const STEP: f64 = 24.0;

/// More threads than these are a carpet: the pills still have their names.
const MOST: usize = 10;

pub(crate) struct Threads {
    threads: Vec<Thread>,
    x: f64,
}

struct Thread {
    mark: Mark,
    first: usize,
    last: usize,
    /// Threads that are never alive at the same time share a column.
    column: usize,
}

impl Threads {
    pub(crate) fn new(rows: &[&Row], x: f64) -> Threads {
        let mut threads: Vec<Thread> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            for mark in row.marks.iter().filter(|mark| mark.travels()) {
                match threads.iter_mut().find(|thread| thread.mark == *mark) {
                    Some(thread) => thread.last = index,
                    None => threads.push(Thread {
                        mark: mark.clone(),
                        first: index,
                        last: index,
                        column: 0,
                    }),
                }
            }
        }
        threads.retain(|thread| thread.last > thread.first);
        let mut ends: Vec<usize> = Vec::new();
        for thread in &mut threads {
            match ends.iter().position(|end| *end < thread.first) {
                Some(free) => thread.column = free,
                None => {
                    thread.column = ends.len();
                    ends.push(0);
                }
            }
            ends[thread.column] = thread.last;
        }
        threads.retain(|thread| thread.column < MOST);
        Threads { threads, x }
    }

    pub(crate) fn width(&self) -> f64 {
        let columns = self.threads.iter().map(|thread| thread.column + 1).max();
        columns.unwrap_or_default() as f64 * STEP
    }

    /// What of the threads is in this row. `y` is the height of its middle.
    pub(crate) fn draw(&self, index: usize, row: &Row, y: f64, height: f64, to: &mut String) {
        for thread in &self.threads {
            if index < thread.first || index > thread.last {
                continue;
            }
            let x = self.x + STEP * (thread.column as f64 + 0.5);
            let top = if index == thread.first { y } else { 0.0 };
            let bottom = if index == thread.last { y } else { height };
            let class = shape::class(&thread.mark);
            let _ =
                write!(to, "<path class=\"thread {class}\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/>");
            if row.marks.contains(&thread.mark) {
                to.push_str(&shape::dot(&thread.mark, x, y, index == thread.first));
            }
        }
    }
}
