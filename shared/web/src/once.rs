//! Work that is done once and to its end, however many requests wait for it, and even if none does.

use std::sync::Arc;

use tokio::sync::OnceCell;

/// One outcome for everybody who asks. Clones share it.
#[derive(Clone, Debug)]
pub struct Once<T>(Arc<OnceCell<T>>);

impl<T: Clone + Send + Sync + 'static> Once<T> {
    /// Does `work`, or waits for whoever came first, and returns the outcome of the first.
    ///
    /// The work runs on a task of its own: a browser that goes away doesn't stop it. A panic is passed on.
    pub async fn run(self, work: impl Future<Output = T> + Send + 'static) -> T {
        to_the_end(async move { self.0.get_or_init(|| work).await.clone() }).await
    }
}

/// Does `work` on a task of its own: a browser that goes away doesn't stop it. A panic is passed on.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    // Whoever watches the request watches what it started, too.
    match tokio::spawn(store::watched(store::watch(), work)).await {
        Ok(outcome) => outcome,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl<T> Default for Once<T> {
    fn default() -> Once<T> {
        Once(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;
    use tokio::time::timeout;

    use super::*;

    async fn slow(number: u8) -> u8 {
        sleep(Duration::from_millis(50)).await;
        number
    }

    #[tokio::test]
    async fn the_first_works_and_everybody_gets_its_outcome() {
        let once = Once::default();
        let (first, second) = tokio::join!(once.clone().run(slow(1)), once.clone().run(slow(2)));
        assert_eq!((first, second), (1, 1));
        assert_eq!(once.run(slow(3)).await, 1);
    }

    #[tokio::test]
    async fn the_work_goes_on_when_nobody_waits() {
        let once = Once::default();
        let given_up = timeout(Duration::from_millis(5), once.clone().run(slow(1))).await;
        assert!(given_up.is_err());
        assert_eq!(once.run(slow(2)).await, 1);
    }
}
