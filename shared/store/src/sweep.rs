//! The task that sweeps expired rows out of a table.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::Weak;
use std::time::Duration;

use crate::allocator::give_back;
use crate::rows::Rows;
use crate::rows::Swept;

/// How often expired rows are swept out.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How long a sweep rests between two batches.
const PAUSE: Duration = Duration::from_millis(1);

/// Sweeps once a second, batch by batch, until the last handle of the table is gone.
pub async fn sweep<V: Clone>(rows: Weak<Mutex<Rows<V>>>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        loop {
            let Some(rows) = rows.upgrade() else { return };
            let swept = lock(&rows).sweep();
            match swept {
                Swept::More => {}
                Swept::All => break,
                Swept::Shrunk => {
                    // It looks at the whole heap: no handler is to wait on this thread in the meantime.
                    tokio::task::spawn_blocking(give_back);
                    break;
                }
            }
            // Without a pause the lock would be taken again before anybody who waits for it has woken up.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// A function that panicked under the lock has left the table itself whole: it could change one value at most.
pub fn lock<V>(rows: &Mutex<Rows<V>>) -> MutexGuard<'_, Rows<V>> {
    rows.lock().unwrap_or_else(PoisonError::into_inner)
}
