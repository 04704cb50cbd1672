//! `lab-check`: holds somebody's server or client against the checks. People call it as `cargo lab check`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    checks::outside::main(&arguments).await
}
