//! How long a server takes from its start to its first answer, and what it then holds.

use crate::compare::mib;
use crate::compare::spread;
use crate::server::Program;
use crate::server::Server;

/// Starts the server that many times and prints the time to its first answer and its idle memory.
///
/// # Errors
/// It did not start.
pub fn start(program: &Program, rounds: usize) -> Result<(), String> {
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let server = Server::start(program)?;
        times.push(server.start.as_secs_f64() * 1e3);
        sizes.push(mib(server.memory()?));
    }
    let [least, median, most] = spread(times);
    println!("start to first answer: {median:.1} ms ({least:.1} to {most:.1})");
    let [least, median, most] = spread(sizes);
    println!("idle memory: {median:.2} MiB ({least:.2} to {most:.2})");
    Ok(())
}
