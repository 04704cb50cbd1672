//! `lab-attack`: carries out attacks. People call it as `cargo lab attack`.

use std::io::Read;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    end_with_stdin();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    attacks::cli::main(&arguments).await
}

/// Ends this process when its standard input ends, if `LAB_EXIT_WITH_STDIN` is 1: a killed `lab` leaves no child.
fn end_with_stdin() {
    if std::env::var("LAB_EXIT_WITH_STDIN").is_ok_and(|value| value == "1") {
        std::thread::spawn(|| {
            let mut bytes = [0; 64];
            while std::io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
            std::process::exit(0);
        });
    }
}
