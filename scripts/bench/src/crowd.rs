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
use crate::browser::Heard;
use crate::server::own_cpu;
use crate::target::Target;

/// How much longer than agreed a run may take before the server counts as hanging.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two rounds of a browser that takes what comes.
const BETWEEN: Duration = Duration::from_millis(10);

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
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How often the work was done, to the end and right.
    pub done: u64,
    /// How long each time took, the shortest first.
    pub times: Vec<Duration>,
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

    /// The time within which that part of the work was done, 0 to 1.
    pub fn time(&self, part: f64) -> Duration {
        let place = (self.times.len() as f64 * part).ceil() as usize;
        self.times.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The load's own part of what all cores together could do, 0 to 1.
    pub fn own_share(&self) -> f64 {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        self.own_cpu.as_secs_f64() / (self.wall.as_secs_f64() * cores as f64)
    }
}

impl Crowd {
    /// Browsers that are logged in nowhere. Where servers share the work, each browser's client is at the next one.
    ///
    /// # Errors
    /// The operating system gives no event queue, or there is no server.
    pub fn new(targets: &[Target], browsers: usize) -> Result<Crowd, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let mut nearest = targets.iter().copied().cycle();
        let mut next = targets.iter().copied().cycle().skip(1);
        let browsers = (0..browsers).map(|number| {
            let (front, back) = nearest.next().zip(next.next()).ok_or("no server")?;
            Ok(Browser::new(front, back, number))
        });
        Ok(Crowd {
            browsers: browsers.collect::<Result<_, String>>()?,
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
        let mut times = Vec::new();
        let wait = async {
            for task in tasks {
                let (browser, took) = task.await.map_err(|trouble| trouble.to_string())?;
                times.extend(took?);
                self.browsers.push(browser);
            }
            Ok::<(), String>(())
        };
        let wait = async { timeout(limit.saturating_add(PATIENCE), wait).await };
        self.runtime.block_on(wait).map_err(|_| HANGS)??;
        if times.is_empty() {
            return Err("nothing was done in time".into());
        }
        times.sort();
        Ok(Outcome {
            done: times.len() as u64,
            times,
            wall: begin.elapsed(),
            own_cpu: own_cpu()?.saturating_sub(own_cpu_before),
        })
    }
}

impl Crowd {
    /// Lets the browsers try again and again, whatever the server says, until the time is over.
    ///
    /// # Errors
    /// A request without an answer, or an answer that the server must never give.
    pub fn insist(&mut self, limit: Duration) -> Result<Vec<Heard>, String> {
        let begin = Instant::now();
        let mut heard = Vec::new();
        let tasks: Vec<_> = mem::take(&mut self.browsers)
            .into_iter()
            .map(|mut browser| {
                self.runtime.spawn(async move {
                    let mut heard = Vec::new();
                    while begin.elapsed() < limit {
                        browser.try_all(&mut heard).await?;
                        // People and programs that are refused wait a little.
                        tokio::time::sleep(BETWEEN).await;
                    }
                    Ok::<_, String>((browser, heard))
                })
            })
            .collect();
        let all = async {
            for task in tasks {
                let (browser, own) = task.await.map_err(|trouble| trouble.to_string())??;
                heard.extend(own);
                self.browsers.push(browser);
            }
            Ok::<(), String>(())
        };
        self.runtime
            .block_on(async { timeout(limit.saturating_add(PATIENCE), all).await })
            .map_err(|_| HANGS)??;
        Ok(heard)
    }
}

impl Work {
    async fn again_and_again(
        self,
        mut browser: Browser,
        more: impl Fn() -> bool,
    ) -> (Browser, Result<Vec<Duration>, String>) {
        let mut times = Vec::new();
        while more() {
            let begin = Instant::now();
            let once = match self {
                Work::Flow => browser.flow().await,
                Work::Refresh(times) => browser.flow_with_refreshes(times).await,
                Work::Login(refreshes) => browser.log_in(refreshes).await,
                Work::Anonymous => browser.ask_anonymously().await,
            };
            if let Err(why) = once {
                let done = times.len();
                return (browser, Err(format!("after {done} right rounds of this browser: {why}")));
            }
            times.push(begin.elapsed());
        }
        (browser, Ok(times))
    }
}
