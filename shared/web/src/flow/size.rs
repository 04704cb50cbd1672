//! How large something is, as JSON: so much is kept, and so much is sent to the other process.

use std::io;
use std::io::Write;

use serde::Serialize;

/// Counts what is written, and keeps nothing.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Its size in bytes. What is no JSON is larger than anything.
pub(super) fn of(value: &(impl Serialize + ?Sized)) -> usize {
    let mut counter = Counter(0);
    let written = serde_json::to_writer(&mut counter, value);
    written.map_or(usize::MAX / 2, |()| counter.0)
}
