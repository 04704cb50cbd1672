//! Many browsers at once in a closed loop: each starts its next flow when the last one has ended.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tokio::runtime::Builder;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::browser::Browser;
use crate::server::own_cpu;
use crate::target::Target;

/// How much longer than agreed a run may take before the server counts as hanging.
const PATIENCE: Duration = Duration::from_secs(10);

const HANGS: &str = "the server hangs: no answer within ten seconds";

/// What a browser does again and again.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// A complete flow with a session: `/authorize`, `/token`, `/api/me`.
    Flow,
    /// The same with that many refreshes in between.
    Refresh(u32),
    /// A new login over the form, a complete flow, that many refreshes.
    Login(u32),
    /// `/authorize` by nobody, with a `state` of 1,024 bytes.
    Anonymous,
}

/// Browsers that share one thread: the load should take less CPU than the server, and wake it no oftener than it must.
#[derive(Debug)]
pub struct Crowd {
    browsers: Vec<Browser>,
    runtime: Runtime,
}

/// What a run did.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// How often the work was done, to the end and right.
    pub done: u64,
    /// From the first request to the last answer.
    pub wall: Duration,
    /// CPU time that the load itself took.
    pub own_cpu: Duration,
}

impl Outcome {
    /// How often the work was done per second.
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.wall.as_secs_f64()
    }

    /// The load's own part of what all cores together could do, 0 to 1.
    pub fn own_share(&self) -> f64 {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        self.own_cpu.as_secs_f64() / (self.wall.as_secs_f64() * cores as f64)
    }
}

impl Crowd {
    /// Browsers that are logged in nowhere.
    ///
    /// # Errors
    /// The operating system gives no event queue.
    pub fn new(target: Target, browsers: usize) -> Result<Crowd, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Crowd {
            browsers: (0..browsers).map(|number| Browser::new(target, number)).collect(),
            runtime: runtime.map_err(|trouble| trouble.to_string())?,
        })
    }

    /// Logs each browser in, once, over the real form.
    ///
    /// # Errors
    /// See [`Crowd::run`].
    pub fn log_in(&mut self) -> Result<(), String> {
        let all = async {
            for browser in &mut self.browsers {
                browser.log_in(0).await?;
            }
            Ok(())
        };
        self.runtime.block_on(async { timeout(PATIENCE, all).await }).map_err(|_| HANGS)?
    }

    /// Does the work `most` times, or until the time is over.
    ///
    /// # Errors
    /// A single wrong answer ends the run and is told in words. So does a server that hangs.
    pub fn run(&mut self, work: Work, most: u64, limit: Duration) -> Result<Outcome, String> {
        let (begin, own_cpu_before) = (Instant::now(), own_cpu()?);
        let begun = Arc::new(AtomicU64::new(0));
        let tasks: Vec<_> = mem::take(&mut self.browsers)
            .into_iter()
            .map(|browser| {
                let begun = Arc::clone(&begun);
                let more = move || begun.fetch_add(1, Relaxed) < most && begin.elapsed() < limit;
                self.runtime.spawn(work.again_and_again(browser, more))
            })
            .collect();
        let mut done = 0;
        let wait = async {
            for task in tasks {
                let (browser, count) = task.await.map_err(|trouble| trouble.to_string())?;
                done += count?;
                self.browsers.push(browser);
            }
            Ok::<(), String>(())
        };
        let wait = async { timeout(limit.saturating_add(PATIENCE), wait).await };
        self.runtime.block_on(wait).map_err(|_| HANGS)??;
        if done == 0 {
            return Err("nothing was done in time".into());
        }
        Ok(Outcome {
            done,
            wall: begin.elapsed(),
            own_cpu: own_cpu()?.saturating_sub(own_cpu_before),
        })
    }
}

impl Work {
    async fn again_and_again(
        self,
        mut browser: Browser,
        more: impl Fn() -> bool,
    ) -> (Browser, Result<u64, String>) {
        let mut done = 0;
        while more() {
            let once = match self {
                Work::Flow => browser.flow().await,
                Work::Refresh(times) => browser.flow_with_refreshes(times).await,
                Work::Login(refreshes) => browser.log_in(refreshes).await,
                Work::Anonymous => browser.ask_anonymously().await,
            };
            if let Err(why) = once {
                return (browser, Err(format!("after {done} right rounds of this browser: {why}")));
            }
            done += 1;
        }
        (browser, Ok(done))
    }
}
