//! Servers beside the floor: each round measures every one of them, so that a busy machine is unfair to all alike.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::crowd::Work;
use crate::server::Program;
use crate::server::Server;

/// How much is done to each server in each round.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Rounds; each starts every server afresh.
    pub rounds: usize,
    /// How many browsers work at once.
    pub browsers: usize,
    /// What they do.
    pub work: Work,
    /// How often, all together.
    pub most: u64,
    /// A round of one server ends then at the latest.
    pub limit: Duration,
}

/// What one server did in one round.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// CPU time of the server for each time the work was done, in microseconds.
    pub cpu: f64,
    /// CPU time of the engine that it keeps its rows in, in microseconds.
    pub engine_cpu: f64,
    /// The time within which half, 95 % and 99 % were done, in milliseconds.
    pub times: [f64; 3],
    /// How often the work was done per second.
    pub per_second: f64,
    /// The load's own part of the machine, 0 to 1.
    pub own_share: f64,
    /// Resident memory of the server before the first request, at its peak and after the last, in bytes.
    pub memory: [u64; 3],
}

/// Measures one server once: logs in, warms up, and then does the work.
///
/// # Errors
/// It did not start, or a single answer was wrong.
pub fn measure(program: &Program, plan: Plan) -> Result<Sample, String> {
    let named = |why: String| format!("{}: {why}", program.name);
    let server = Server::start(program)?;
    let before = server.memory()?;
    let mut crowd = Crowd::new(&server.targets, plan.browsers)?;
    crowd.log_in().map_err(named)?;
    crowd.run(plan.work, plan.most.div_ceil(20), plan.limit).map_err(named)?;

    let (cpu_before, engine_before) = (server.cpu()?, server.engine_cpu());
    let outcome = crowd.run(plan.work, plan.most, plan.limit).map_err(named)?;
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / outcome.done as f64;
    Ok(Sample {
        cpu: each(server.cpu()?.saturating_sub(cpu_before)),
        engine_cpu: each(server.engine_cpu().saturating_sub(engine_before)),
        times: [0.5, 0.95, 0.99].map(|part| outcome.time(part).as_secs_f64() * 1e3),
        per_second: outcome.per_second(),
        own_share: outcome.own_share(),
        memory: [before, server.peak()?, server.memory()?],
    })
}

/// Measures all of them in every round (A B C A B C) and prints each figure, and then the ratios to the first.
///
/// # Errors
/// See [`measure`].
pub fn compare(programs: &[Program], plan: Plan) -> Result<Vec<Vec<Sample>>, String> {
    println!("{:?}, {} browsers, {} rounds", plan.work, plan.browsers, plan.rounds);
    println!(
        "{:>5}  {:<24} {:>11} {:>9} {:>9}   memory before, peak, after",
        "round", "server", "CPU µs each", "a second", "load CPU"
    );
    let mut samples = vec![Vec::new(); programs.len()];
    for round in 1..=plan.rounds {
        for (program, samples) in programs.iter().zip(&mut samples) {
            let sample = measure(program, plan)?;
            let [before, peak, after] = sample.memory.map(mib);
            println!(
                "{round:>5}  {:<24} {:>11.1} {:>9.0} {:>7.0} %   {before:.1}, {peak:.1}, {after:.1} MiB",
                program.name,
                sample.cpu,
                sample.per_second,
                sample.own_share * 100.0,
            );
            samples.push(sample);
        }
    }
    let all = programs.iter().zip(&samples);
    for (place, (program, own)) in all.enumerate().skip(1) {
        for (other, others) in programs.iter().zip(&samples).take(place) {
            println!("{} / {}: {}", program.name, other.name, ratios(own, others));
        }
    }
    Ok(samples)
}

/// CPU of the one by CPU of the other, round by round: the least, the one in the middle, the most.
fn ratios(one: &[Sample], other: &[Sample]) -> String {
    let ratios = one.iter().zip(other).map(|(one, other)| one.cpu / other.cpu);
    let [least, median, most] = spread(ratios.collect());
    format!("CPU {median:.2} times ({least:.2} to {most:.2})")
}

/// The least, the one in the middle, the most.
pub fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    [
        at(0),
        at(values.len() / 2),
        at(values.len().saturating_sub(1)),
    ]
}

/// Bytes as MiB.
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn the_spread_is_sorted_by_value() {
        assert_eq!(spread(vec![10.0, 9.0, 2.0]), [2.0, 9.0, 10.0]);
    }
}
