//! Several tabs at the same moment.

use std::task::Poll;

/// Runs futures side by side on this task and waits for all.
pub(super) async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (slot, result) in pending.iter_mut().zip(&mut done) {
            let Some(future) = slot else { continue };
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                *result = Some(output);
                *slot = None;
            }
        }
        if pending.iter().any(Option::is_some) {
            return Poll::Pending;
        }
        Poll::Ready(done.iter_mut().filter_map(Option::take).collect())
    })
    .await
}
