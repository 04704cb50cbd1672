//! The same request many times at the same moment.

use std::sync::Arc;

use crate::answer::Answer;
use crate::http::Http;
use crate::request::Request;
use crate::verdict::Verdict;
use tokio::sync::Barrier;
use tokio::task::JoinError;

impl Http {
    /// Sends the same request many times at the same moment.
    ///
    /// # Errors
    /// One of them got no whole answer.
    pub async fn at_once(&self, request: &Request, times: usize) -> Result<Vec<Answer>, Verdict> {
        let start = Arc::new(Barrier::new(times));
        let tasks: Vec<_> = (0..times)
            .map(|_| {
                let (http, request, start) = (self.clone(), request.clone(), Arc::clone(&start));
                tokio::spawn(async move {
                    start.wait().await;
                    http.send(request).await
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            let broken = |trouble: JoinError| {
                Verdict::failed(request.text(), "an answer", trouble.to_string())
            };
            answers.push(task.await.map_err(broken)??);
        }
        Ok(answers)
    }
}
