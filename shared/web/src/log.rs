//! The terminal tells the story: one line when a message arrives, one when it is answered.
//!
//! A line is made where the message is, and written by a thread of its own: nobody waits for a terminal.

mod arrival;
mod flow;
mod members;
pub(crate) mod params;
mod peek;
mod queue;
mod sent;
mod terminal;
pub(crate) mod text;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::OnceLock;
use std::time::Duration;

use crate::role::Role;

pub(crate) use arrival::Arrival;
pub(crate) use arrival::is_back_channel;
pub(crate) use arrival::push_authorization;
pub(crate) use peek::peek;
use queue::Queue;
pub use sent::Sent;
use terminal::Terminal;
pub use text::shorten;

/// How much may wait to be written: lines, and bytes.
const MAX_LINES: usize = 4000;
const MAX_BYTES: usize = 256 * 1024;

/// The longest notice, in characters.
const MAX_NOTICE: usize = 1000;

/// How long [`flush`] waits for a terminal that takes no more.
const PATIENCE: Duration = Duration::from_millis(500);

/// What waits to be written.
static QUEUE: LazyLock<Arc<Queue>> = LazyLock::new(|| Arc::new(Queue::new(MAX_LINES, MAX_BYTES)));

/// Which process this is. Set once, at the start.
static ROLE: OnceLock<Role> = OnceLock::new();

/// Why a request was refused: an extension of its response, for the line in the log.
#[derive(Clone, Debug)]
pub struct Reason(pub Cow<'static, str>);

/// Starts the thread that writes. Without this, lines wait in the queue and are then dropped.
pub(crate) fn set_up(role: Role, version: &str) {
    if ROLE.set(role).is_ok() {
        let queue = QUEUE.clone();
        // Several servers that write into one terminal are told apart: `cargo lab run --instances` sets this.
        let mark = std::env::var("LAB_LOG_MARK").map(|mark| format!(" {mark}")).unwrap_or_default();
        let terminal =
            Terminal::of(&format!("[{version} {}{mark}]", role.folder()), role.terminal_colour());
        // No thread, no log: the lines are counted as dropped, and the process serves.
        let _ = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || terminal.write_from(&queue));
    }
}

/// Writes one line to the log of this process. The caller shortens secrets.
pub fn notice(text: &str) {
    with_line(|line| text::push_cut(line, text, MAX_NOTICE));
}

/// Waits until everything is written, for half a second at most.
pub(crate) fn flush() {
    QUEUE.wait_until_empty(PATIENCE);
}

/// Lets `write` fill a line and puts it in the queue.
fn with_line(write: impl FnOnce(&mut String)) {
    thread_local! {
        // One buffer a thread: a line costs no allocation.
        static LINE: RefCell<String> = RefCell::new(String::with_capacity(1024));
    }
    LINE.with_borrow_mut(|line| {
        line.clear();
        write(line);
        QUEUE.push(line);
    });
}
