//! `lab-attack`: carries out attacks. People call it as `cargo lab attack`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    checks::attacks::cli::main(&arguments).await
}
