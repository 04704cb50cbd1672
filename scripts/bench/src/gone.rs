//! What servers say while the store that they share is gone, and how soon all is well when it is back.

use std::thread;
use std::time::Duration;
use std::time::Instant;

use kit::engine::Engine;
use kit::engine::Kind;

use crate::browser::Heard;
use crate::browser::REFRESH;
use crate::browser::Said;
use crate::crowd::Crowd;
use crate::server::Program;
use crate::server::Server;

/// All is well for so long, then the store is gone for so long, and then it is back for so long.
const WELL: Duration = Duration::from_secs(3);
const GONE: Duration = Duration::from_secs(6);
const BACK: Duration = Duration::from_secs(4);

/// How it goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    Killed,
    Paused,
}

/// What was heard, and when the store went and came.
struct Account {
    kind: Kind,
    way: Way,
    heard: Vec<Heard>,
    times: Times,
}

/// When it was gone, when it was called back, and when it answered again.
struct Times {
    gone: Instant,
    called: Instant,
    back: Instant,
}

/// Takes each engine away from two servers that share it, and tells what they said, as a table in Markdown.
///
/// # Errors
/// An engine is not installed, a server did not start, or a request had no answer at all.
pub fn gone(browsers: usize) -> Result<String, String> {
    let v08 = Program::version("v08")?.with("v08", "LAB_DEBUG", "0");
    let mut accounts = Vec::new();
    for kind in [Kind::Redis, Kind::Postgres] {
        for way in [Way::Killed, Way::Paused] {
            eprintln!("{kind:?} is {way:?}");
            accounts.push(account(&v08, kind, way, browsers)?);
        }
    }
    Ok(table(browsers, &accounts))
}

fn account(v08: &Program, kind: Kind, way: Way, browsers: usize) -> Result<Account, String> {
    let server = Server::start(&v08.on("v08", kind, 2))?;
    let mut crowd = Crowd::new(&server.targets, browsers)?;
    crowd.log_in()?;
    let engine = server.engine.as_ref().ok_or("no engine")?;
    let (times, heard) = thread::scope(|scope| {
        let times = scope.spawn(|| take_away(engine, way));
        let heard = crowd.insist(WELL + GONE + BACK);
        (times.join(), heard)
    });
    let times = times.map_err(|_| "the engine was lost")??;
    Ok(Account {
        kind,
        way,
        heard: heard?,
        times,
    })
}

fn take_away(engine: &Engine, way: Way) -> Result<Times, String> {
    thread::sleep(WELL);
    match way {
        Way::Killed => engine.kill(),
        Way::Paused => engine.pause(),
    }
    let gone = Instant::now();
    thread::sleep(GONE);
    let called = Instant::now();
    engine.resume()?;
    Ok(Times {
        gone,
        called,
        back: Instant::now(),
    })
}

impl Account {
    /// What was sent and answered while the store was gone.
    fn meanwhile(&self) -> impl Iterator<Item = &Heard> {
        let within = |heard: &&Heard| {
            heard.sent > self.times.gone && heard.sent + heard.took < self.times.called
        };
        self.heard.iter().filter(within)
    }

    fn count(&self, step: &str, said: Said) -> usize {
        self.meanwhile().filter(|heard| heard.step == step && heard.said == said).count()
    }

    /// The longest time that any request took.
    fn slowest(&self) -> Duration {
        self.heard.iter().map(|heard| heard.took).max().unwrap_or_default()
    }

    /// From when it was called back to the last answer of somebody who was refused for its sake.
    fn well_after(&self) -> Duration {
        let refused = self.heard.iter().filter(|heard| heard.said == Said::Later);
        let last = refused.map(|heard| heard.sent + heard.took).max();
        last.unwrap_or(self.times.called).saturating_duration_since(self.times.called)
    }

    /// From when it was called back to its first answer.
    fn start(&self) -> Duration {
        self.times.back - self.times.called
    }

    /// How many refresh tokens were refused for good: they had been replaced, and the answer got lost.
    fn lost(&self) -> usize {
        let after = |heard: &&Heard| heard.step == REFRESH && heard.said == Said::No;
        self.heard.iter().filter(after).count()
    }
}

fn table(browsers: usize, accounts: &[Account]) -> String {
    let seconds = GONE.as_secs();
    let mut told = format!(
        "{browsers} browsers at two servers. The engine is gone for {seconds} seconds.\n\n|"
    );
    let row = |name: &str, cell: &dyn Fn(&Account) -> String| {
        let cells: Vec<String> = accounts.iter().map(cell).collect();
        format!(" {name} | {} |\n", cells.join(" | "))
    };
    let heading = |account: &Account| match (account.kind, account.way) {
        (Kind::Redis, Way::Killed) => "Redis is killed".to_owned(),
        (Kind::Redis, Way::Paused) => "Redis stands still".to_owned(),
        (_, Way::Killed) => "PostgreSQL is killed".to_owned(),
        (_, Way::Paused) => "PostgreSQL stands still".to_owned(),
    };
    told.push_str(&row("", &heading));
    told.push_str(&format!("|---|{}\n", "---:|".repeat(accounts.len())));
    for step in ["/authorize", REFRESH, "/api/me"] {
        told.push('|');
        told.push_str(&row(&format!("`{step}`: try again later"), &|account: &Account| {
            account.count(step, Said::Later).to_string()
        }));
        told.push('|');
        told.push_str(&row(&format!("`{step}`: granted"), &|account: &Account| {
            account.count(step, Said::Yes).to_string()
        }));
    }
    let millis = |time: Duration| format!("{} ms", time.as_millis());
    told.push('|');
    told.push_str(&row("The slowest answer of all", &|account: &Account| {
        millis(account.slowest())
    }));
    told.push('|');
    told.push_str(&row("Called back, it answers after", &|account: &Account| {
        millis(account.start())
    }));
    told.push('|');
    told.push_str(&row("Called back, the last refusal comes after", &|account: &Account| {
        millis(account.well_after())
    }));
    told.push('|');
    told.push_str(&row("Refresh tokens refused for good", &|account: &Account| {
        account.lost().to_string()
    }));
    told
}
