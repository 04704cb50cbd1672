//! The lines that wait to be written: a bounded queue that never makes a sender wait.

use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

/// Lines that wait, and the count of those that found no room.
pub(crate) struct Queue {
    waiting: Mutex<Batch>,
    /// Told when there is something to write, and when all has been written.
    filled: Condvar,
    emptied: Condvar,
    max_lines: usize,
    max_bytes: usize,
}

/// Lines, each with its newline, and how many more there would have been.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) text: String,
    pub(crate) lines: usize,
    pub(crate) dropped: u64,
    /// Whether the writer sleeps and wants to be woken.
    asleep: bool,
    /// Whether the writer holds lines that are not written yet.
    writing: bool,
}

impl Queue {
    pub(crate) fn new(max_lines: usize, max_bytes: usize) -> Queue {
        Queue {
            waiting: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            max_lines,
            max_bytes,
        }
    }

    /// Adds a line, or counts it where there is no room. It never waits for the writer.
    pub(crate) fn push(&self, line: &str) {
        let mut waiting = self.lock();
        if waiting.lines >= self.max_lines || waiting.text.len() + line.len() >= self.max_bytes {
            waiting.dropped += 1;
            return;
        }
        waiting.text.push_str(line);
        waiting.text.push('\n');
        waiting.lines += 1;
        // Waking costs a system call, so it is done only for a writer that sleeps.
        if std::mem::take(&mut waiting.asleep) {
            drop(waiting);
            self.filled.notify_one();
        }
    }

    /// Waits for lines and takes all of them. `spare` becomes the next buffer.
    pub(crate) fn take(&self, spare: String) -> Batch {
        let mut waiting = self.lock();
        waiting.writing = false;
        self.emptied.notify_all();
        while waiting.lines == 0 && waiting.dropped == 0 {
            waiting.asleep = true;
            waiting = self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let next = Batch {
            text: spare,
            writing: true,
            ..Batch::default()
        };
        std::mem::replace(&mut waiting, next)
    }

    /// Waits until all lines are written, at most `patience`.
    pub(crate) fn wait_until_empty(&self, patience: Duration) {
        let busy = |waiting: &mut Batch| waiting.lines > 0 || waiting.writing;
        let _ = self.emptied.wait_timeout_while(self.lock(), patience, busy);
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_in_their_order_and_at_once() {
        let queue = Queue::new(10, 1000);
        queue.push("one");
        queue.push("two");
        let batch = queue.take(String::new());
        assert_eq!((batch.text.as_str(), batch.dropped), ("one\ntwo\n", 0));
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let lines = Queue::new(2, 1000);
        (0..5).for_each(|_| lines.push("line"));
        let batch = lines.take(String::new());
        assert_eq!((batch.lines, batch.dropped), (2, 3));

        let bytes = Queue::new(1000, 100);
        (0..5).for_each(|_| bytes.push(&"x".repeat(40)));
        let batch = bytes.take(String::new());
        assert_eq!((batch.lines, batch.dropped), (2, 3));
        assert!(batch.text.len() <= 100);
    }

    #[test]
    fn a_dropped_line_alone_is_told_too() {
        let queue = Queue::new(10, 3);
        queue.push("too long");
        assert_eq!(queue.take(String::new()).dropped, 1);
    }

    #[test]
    fn nobody_waits_long_for_a_writer_that_hangs() {
        let queue = Queue::new(10, 1000);
        queue.push("line");
        let start = std::time::Instant::now();
        queue.wait_until_empty(Duration::from_millis(20));
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
