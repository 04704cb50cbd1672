//! Work that is done by one at a time, to its end, while the others wait, but not for ever.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::once::to_the_end;

/// How long a request waits for its turn. It is as long as the back channel waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A queue for work that must not be done twice at the same moment. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<()>>);

impl Turns {
    /// Does `work` when everybody who came before is done.
    ///
    /// A browser that goes away while it waits has left the queue. Once the work has begun it runs on a task of its
    /// own, and a browser that goes away doesn't stop it. A panic is passed on.
    ///
    /// # Errors
    /// The error of `work`, or a sentence when the turn has not come within ten seconds.
    pub async fn run<T, E>(
        self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<&'static str> + Send + 'static,
    {
        self.run_within(PATIENCE, work).await
    }

    async fn run_within<T, E>(
        self,
        patience: Duration,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<&'static str> + Send + 'static,
    {
        // Waited for outside the task: a request that nobody waits for must not hold a place.
        let turn = timeout(patience, self.0.lock_owned());
        let turn = turn.await.map_err(|_| "Another try is still under way.")?;
        to_the_end(async move {
            let _turn = turn;
            work.await
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;

    use tokio::time::sleep;

    use super::*;

    const SHORT: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_millis(60);

    /// Adds one after a while, and tells how many were added.
    async fn slow(done: Arc<AtomicUsize>) -> Result<usize, String> {
        sleep(LONG).await;
        Ok(done.fetch_add(1, SeqCst) + 1)
    }

    #[tokio::test]
    async fn one_after_the_other() {
        let (turns, done) = (Turns::default(), Arc::default());
        let (first, second) = tokio::join!(
            turns.clone().run(slow(Arc::clone(&done))),
            turns.run(async move { Ok::<_, String>(done.load(SeqCst)) })
        );
        assert_eq!((first, second), (Ok(1), Ok(1)));
    }

    #[tokio::test]
    async fn work_that_has_begun_goes_on_when_nobody_waits() {
        let (turns, done) = (Turns::default(), Arc::default());
        let given_up = timeout(SHORT, turns.clone().run(slow(Arc::clone(&done)))).await;
        assert!(given_up.is_err());
        assert_eq!(turns.run(slow(done)).await, Ok(2));
    }

    #[tokio::test]
    async fn who_leaves_the_queue_has_left_it() {
        let (turns, done) = (Turns::default(), Arc::default());
        let first = tokio::spawn(turns.clone().run(slow(Arc::clone(&done))));
        sleep(SHORT).await;
        let given_up = timeout(SHORT, turns.clone().run(slow(Arc::clone(&done)))).await;
        assert!(given_up.is_err());
        assert_eq!(first.await.unwrap(), Ok(1));
        assert_eq!(turns.run(slow(done)).await, Ok(2));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let (turns, done) = (Turns::default(), Arc::default());
        let first = tokio::spawn(turns.clone().run(slow(Arc::clone(&done))));
        sleep(SHORT).await;
        let late = turns.run_within(SHORT, slow(done)).await;
        assert_eq!(late, Err("Another try is still under way.".to_string()));
        assert_eq!(first.await.unwrap(), Ok(1));
    }
}
