//! What it costs to keep the rows in a store: v08 on each engine, beside v07 and beside the least that an engine costs.

use std::fmt::Write;
use std::time::Duration;

use kit::engine::Kind;

use crate::compare::Plan;
use crate::compare::Sample;
use crate::compare::measure;
use crate::compare::spread;
use crate::crowd::Crowd;
use crate::crowd::Work;
use crate::server::Program;
use crate::server::Server;
use crate::store_floor::Trips;
use crate::store_floor::asked;

/// How many flows are looked at to see how often one asks the store.
const LOOKED_AT: u64 = 200;

/// A server in the table, and where it stands there.
struct Line {
    program: Program,
    role: Role,
    samples: Vec<Sample>,
}

/// What a line is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Floor,
    Way(Kind),
    FloorOn(Kind),
    Before,
    Memory,
    On(Kind),
}

/// Measures v07, v08 on every engine, and the floors, in turns, and tells it as a table in Markdown.
///
/// # Errors
/// An engine is not installed, a server did not start, or a single answer was wrong.
pub fn stores(
    browsers: &[usize],
    rounds: usize,
    most: u64,
    limit: Duration,
) -> Result<String, String> {
    if let Some(missing) = Kind::ALL.into_iter().find_map(Kind::missing) {
        return Err(format!("{missing} is not installed"));
    }
    let (v07, v08) = (Program::version("v07")?, Program::version("v08")?);
    let (v07, v08) = (v07.with("v07", "LAB_DEBUG", "0"), v08.with("v08", "LAB_DEBUG", "0"));
    let trips = trips(&v08)?;
    let Trips { calls, writes } = trips;
    let mut told =
        format!("A flow asks the store {calls} times. {writes} of these calls change a row.\n");
    for &browsers in browsers {
        let plan = Plan {
            rounds,
            browsers,
            work: Work::Flow,
            most,
            limit,
        };
        let mut lines = lines(&v07, &v08, trips)?;
        for round in 1..=rounds {
            for line in &mut lines {
                let sample = measure(&line.program, plan)?;
                eprintln!(
                    "{browsers} browsers, round {round} of {rounds}: {:<28} {:>6.0} + {:>6.0} µs, {:>6.0} a second",
                    line.program.name, sample.cpu, sample.engine_cpu, sample.per_second
                );
                line.samples.push(sample);
            }
        }
        told.push_str(&table(browsers, &lines));
    }
    Ok(told)
}

/// How often a flow asks its store, as Redis counts it.
fn trips(v08: &Program) -> Result<Trips, String> {
    let server = Server::start(&v08.on("v08", Kind::Redis, 1))?;
    let store = server.engine.as_ref().map(|engine| engine.store.clone()).ok_or("no engine")?;
    let mut crowd = Crowd::new(&server.targets, 1)?;
    crowd.log_in()?;
    let before = asked(&store)?;
    crowd.run(Work::Flow, LOOKED_AT, Duration::from_secs(60))?;
    let after = asked(&store)?;
    let each =
        |after: usize, before: usize| ((after - before) as f64 / LOOKED_AT as f64).round() as usize;
    Ok(Trips {
        calls: each(after.calls, before.calls),
        writes: each(after.writes, before.writes),
    })
}

fn lines(v07: &Program, v08: &Program, trips: Trips) -> Result<Vec<Line>, String> {
    let mut programs = vec![
        (Role::Floor, Program::floor(Trips::default())?),
        (Role::Before, v07.clone()),
        (Role::Memory, v08.with("v08, memory", "LAB_STORE", "memory:")),
    ];
    for kind in Kind::ALL {
        let name = name(kind);
        let way = Trips { writes: 0, ..trips };
        let way = Program::floor(way)?.on(&format!("the way to {name} and back"), kind, 1);
        let floor = Program::floor(trips)?.on(&format!("{name}, for any rows"), kind, 1);
        programs.push((Role::Way(kind), way));
        programs.push((Role::FloorOn(kind), floor));
        programs.push((Role::On(kind), v08.on(&format!("v08, {name}"), kind, 1)));
        programs.push((Role::On(kind), v08.on(&format!("v08, {name}, two servers"), kind, 2)));
    }
    let line = |(role, program)| Line {
        program,
        role,
        samples: Vec::new(),
    };
    Ok(programs.into_iter().map(line).collect())
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "the file",
        Kind::Redis => "Redis",
        Kind::Postgres => "PostgreSQL",
    }
}

fn table(browsers: usize, lines: &[Line]) -> String {
    let mut told = format!(
        "\n{browsers} browsers at once:\n\n| | CPU of the server | of the engine | both, beside its parts | flows a second | half are done in | 99 % in |\n|---|---:|---:|---:|---:|---:|---:|\n"
    );
    for line in lines {
        let middle = |figure: fn(&Sample) -> f64| {
            let [_, median, _] = spread(line.samples.iter().map(figure).collect());
            median
        };
        let ratio = match parts(line, lines) {
            Some(ratios) => {
                let [least, median, most] = spread(ratios);
                format!("{median:.2} ({least:.2} to {most:.2})")
            }
            None => String::new(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            told,
            "| {} | {:.0} µs | {} | {ratio} | {:.0} | {:.1} ms | {:.1} ms |",
            line.program.name,
            middle(|sample| sample.cpu),
            match middle(|sample| sample.engine_cpu) {
                0.0 => "–".to_owned(),
                cpu => format!("{cpu:.0} µs"),
            },
            middle(|sample| sample.per_second),
            middle(|sample| sample.times[0]),
            middle(|sample| sample.times[2]),
        );
    }
    told
}

/// Round by round: all its CPU, by that of v07 and of the engine that keeps as many rows of any kind.
fn parts(line: &Line, lines: &[Line]) -> Option<Vec<f64>> {
    let all = |sample: &Sample| sample.cpu + sample.engine_cpu;
    let of = |role: Role| lines.iter().find(|line| line.role == role).map(|line| &line.samples);
    let (floor, before) = (of(Role::Floor)?, of(Role::Before)?);
    let engine: Vec<f64> = match line.role {
        Role::Memory => vec![0.0; floor.len()],
        Role::On(kind) => {
            let on = of(Role::FloorOn(kind))?.iter().zip(floor);
            on.map(|(on, floor)| all(on) - all(floor)).collect()
        }
        _ => return None,
    };
    let rounds = line.samples.iter().zip(before).zip(engine);
    Some(rounds.map(|((own, before), engine)| all(own) / (all(before) + engine)).collect())
}
