//! What a server remembers, in bytes, and whether it gives that back when the rows have expired.

use std::thread;
use std::time::Duration;

use crate::compare::mib;
use crate::crowd::Crowd;
use crate::crowd::Work;
use crate::server::Program;
use crate::server::Server;

/// Rows may stay this much longer than they live: whoever sweeps need not hurry.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is done to one server.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many browsers work at once.
    pub browsers: usize,
    /// What they do.
    pub work: Work,
    /// How often, all together.
    pub most: u64,
    /// It ends then at the latest.
    pub limit: Duration,
    /// Set if every row lives only that long, and the end of it is to be seen.
    pub lifetime: Option<Duration>,
}

/// Does the work and prints resident memory before, after, and after the rows have expired.
///
/// # Errors
/// It did not start, a single answer was wrong, or the time was over before all was done.
pub fn memory(program: &Program, plan: Plan) -> Result<(), String> {
    let program = match plan.lifetime {
        Some(lifetime) => short_lived(program, lifetime),
        None => program.clone(),
    };
    let server = Server::start(&program)?;
    let mut crowd = Crowd::new(&server.targets, plan.browsers)?;
    let show = |when: &str| -> Result<u64, String> {
        let resident = server.memory()?;
        println!("{when:<44} {:>7.1} MiB", mib(resident));
        Ok(resident)
    };
    show("idle, after the first answer")?;
    // Logins and a few requests first: threads, buffers and connections are no rows.
    crowd.log_in()?;
    crowd.run(plan.work, 10 * plan.browsers as u64, plan.limit)?;
    let before = show("after a warm-up")?;

    let outcome = crowd.run(plan.work, plan.most, plan.limit)?;
    if outcome.done < plan.most {
        return Err(format!("only {} were done in time", outcome.done));
    }
    let seconds = outcome.wall.as_secs_f32();
    let after = show(&format!("after {} times {:?} ({seconds:.1} s)", outcome.done, plan.work))?;
    let each = after.saturating_sub(before) as f64 / outcome.done as f64;
    println!("{:<44} {each:>7.0} bytes", "growth for each");
    println!("{:<44} {:>7.1} MiB", "peak", mib(server.peak()?));

    if let Some(lifetime) = plan.lifetime {
        thread::sleep(lifetime);
        show("after the rows' lifetime")?;
        thread::sleep(PATIENCE);
        show(&format!("{} s later, with no request", PATIENCE.as_secs()))?;
        // Rows may also go when somebody asks again.
        crowd.log_in()?;
        crowd.run(plan.work, 10 * plan.browsers as u64, plan.limit)?;
        show("after a few requests more")?;
    }
    Ok(())
}

fn short_lived(program: &Program, lifetime: Duration) -> Program {
    let seconds = lifetime.as_secs().to_string();
    let names = [
        "LAB_TTL_CODE",
        "LAB_TTL_ACCESS",
        "LAB_TTL_REFRESH",
        "LAB_TTL_REFRESH_IDLE",
        "LAB_TTL_PENDING",
        "LAB_TTL_STATE",
    ];
    names
        .iter()
        .fold(program.clone(), |program, name| program.with(&program.name, name, &seconds))
}
