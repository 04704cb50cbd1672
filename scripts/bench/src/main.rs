//! The commands of the bench.

use std::process::ExitCode;
use std::time::Duration;

use bench::compare;
use bench::crowd::Crowd;
use bench::crowd::Work;
use bench::floor;
use bench::gone;
use bench::memory;
use bench::page;
use bench::server::Program;
use bench::start;
use bench::store_floor::Trips;
use bench::stores;
use bench::target::Target;
use clap::Args;
use clap::Parser;
use clap::ValueEnum;

/// Measure an authorization server. All traffic stays on this machine.
#[derive(Parser)]
#[command(name = "bench")]
enum Command {
    /// Answer complete flows with constants, on the port in AUTH_SERVER_PORT
    Floor {
        /// How often a flow asks the store in LAB_STORE, for nothing
        #[arg(long, default_value_t = 0)]
        calls: usize,
        /// How many of these calls write a row, where the store is a file
        #[arg(long, default_value_t = 0)]
        writes: usize,
    },
    /// Put load on a server that is already running
    Load {
        /// Its port on 127.0.0.1
        #[arg(long, default_value_t = 5000)]
        port: u16,
        #[command(flatten)]
        load: Load,
    },
    /// Measure servers beside the floor, taking turns
    Compare {
        #[command(flatten)]
        servers: Servers,
        /// Add a server made of oxide-auth
        #[arg(long)]
        oxide: bool,
        /// Values of LAB_DEBUG to try
        #[arg(long, value_delimiter = ',', default_value = "0,1")]
        debug: Vec<String>,
        /// How often each server is measured
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        #[command(flatten)]
        load: Load,
    },
    /// Measure v08 on each engine, beside v07 and beside the way to the engine and back
    Stores {
        /// Browsers at once; each number is a table
        #[arg(long, value_delimiter = ',', default_value = "16,64")]
        browsers: Vec<usize>,
        /// How often each server is measured
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// How many flows are measured each time
        #[arg(long, default_value_t = 4000)]
        count: u64,
        /// Stop each measurement after this many seconds
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// Write the result into docs/performance.md
        #[arg(long)]
        write: bool,
    },
    /// Take the store away from two servers for a while, and count what they say
    Gone {
        /// Browsers at once
        #[arg(long, default_value_t = 16)]
        browsers: usize,
        /// Write the result into docs/performance.md
        #[arg(long)]
        write: bool,
    },
    /// Show what a server remembers, in bytes
    Memory {
        #[command(flatten)]
        servers: Servers,
        /// Let every row expire after this many seconds, and wait for it
        #[arg(long)]
        ttl: Option<u64>,
        #[command(flatten)]
        load: Load,
    },
    /// Time a server's start
    Start {
        #[command(flatten)]
        servers: Servers,
        /// How often it's started
        #[arg(long, default_value_t = 20)]
        rounds: usize,
    },
}

#[derive(Args)]
struct Servers {
    /// The server of a version, such as v06; can be given more than once
    #[arg(long)]
    version: Vec<String>,
    /// Another server's command line, which finds its port in AUTH_SERVER_PORT; can be given more than once
    #[arg(long)]
    server_cmd: Vec<String>,
    /// A setting for each of them, such as LAB_MAX_ROWS=1000000
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
}

#[derive(Args, Clone, Copy)]
struct Load {
    /// What each browser does
    #[arg(long, value_enum, default_value_t = Mode::Flow)]
    work: Mode,
    /// Refreshes after each flow or login
    #[arg(long, default_value_t = 1)]
    refreshes: u32,
    /// Browsers at once
    #[arg(long, default_value_t = 16)]
    browsers: usize,
    /// How often the work is done, by all browsers together
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// Stop after this many seconds
    #[arg(long, default_value_t = 300)]
    seconds: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// A complete flow with a session
    Flow,
    /// The same, with refreshes
    Refresh,
    /// A new login over the form, a flow, refreshes
    Login,
    /// /authorize without a session, with the longest state
    Anonymous,
}

fn main() -> ExitCode {
    let done = run(Command::parse());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Floor { calls, writes } => floor::serve(Trips { calls, writes }),
        Command::Stores {
            browsers,
            rounds,
            count,
            seconds,
            write,
        } => {
            let told = stores::stores(&browsers, rounds, count, Duration::from_secs(seconds))?;
            page::tell("stores", &told, write)
        }
        Command::Gone { browsers, write } => page::tell("gone", &gone::gone(browsers)?, write),
        Command::Load { port, load } => put_load(port, load),
        Command::Compare {
            servers,
            oxide,
            debug,
            rounds,
            load,
        } => {
            let mut programs = vec![Program::floor(Trips::default())?];
            for program in servers.programs()? {
                programs.extend(debug.iter().map(|value| {
                    let name = format!("{} LAB_DEBUG={value}", program.name);
                    program.with(&name, "LAB_DEBUG", value)
                }));
            }
            if oxide {
                programs.push(Program::oxide()?);
            }
            let plan = compare::Plan {
                rounds,
                browsers: load.browsers,
                work: load.work(),
                most: load.count,
                limit: load.limit(),
            };
            compare::compare(&programs, plan).map(drop)
        }
        Command::Memory { servers, ttl, load } => {
            let plan = memory::Plan {
                browsers: load.browsers,
                work: load.work(),
                most: load.count,
                limit: load.limit(),
                lifetime: ttl.map(Duration::from_secs),
            };
            servers.each(|program| memory::memory(program, plan))
        }
        Command::Start { servers, rounds } => servers.each(|program| start::start(program, rounds)),
    }
}

fn put_load(port: u16, load: Load) -> Result<(), String> {
    let mut crowd = Crowd::new(&[Target::new(port)], load.browsers)?;
    crowd.log_in()?;
    let outcome = crowd.run(load.work(), load.count, load.limit())?;
    println!(
        "{} times {:?} in {:.2} s: {:.0} a second; the load took {:.0} % of the machine",
        outcome.done,
        load.work(),
        outcome.wall.as_secs_f64(),
        outcome.per_second(),
        outcome.own_share() * 100.0,
    );
    Ok(())
}

impl Servers {
    fn programs(&self) -> Result<Vec<Program>, String> {
        if cfg!(debug_assertions) {
            eprintln!(
                "bench: this is a debug build, as are the servers it builds; for figures that mean something, add --release"
            );
        }
        let mut programs = Vec::new();
        for version in &self.version {
            programs.push(Program::version(version)?);
        }
        for command in &self.server_cmd {
            let first = command.split(' ').next().unwrap_or_default();
            let name = first.rsplit('/').next().unwrap_or_default();
            programs.push(Program::new(name, command, &[]));
        }
        if programs.is_empty() {
            return Err("say which server: --version v06, or --server-cmd".into());
        }
        for setting in &self.settings {
            let (name, value) =
                setting.split_once('=').ok_or(format!("{setting}: NAME=VALUE is wanted"))?;
            programs =
                programs.iter().map(|program| program.with(&program.name, name, value)).collect();
        }
        Ok(programs)
    }

    fn each(&self, measure: impl Fn(&Program) -> Result<(), String>) -> Result<(), String> {
        self.programs()?.iter().try_for_each(|program| {
            println!("{}", program.name);
            // The debug pages keep rows of their own; they are not what is weighed here.
            measure(&program.with(&program.name, "LAB_DEBUG", "0"))
        })
    }
}

impl Load {
    fn work(self) -> Work {
        match self.work {
            Mode::Flow => Work::Flow,
            Mode::Refresh => Work::Refresh(self.refreshes),
            Mode::Login => Work::Login(self.refreshes),
            Mode::Anonymous => Work::Anonymous,
        }
    }

    fn limit(self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
