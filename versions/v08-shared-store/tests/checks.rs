//! Hands this cast to the shared checks: each requirement is one named test.

use std::process::ExitCode;

fn main() -> ExitCode {
    checks::cargo_test(
        env!("CARGO_PKG_NAME"),
        &[
            env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"), "-server")),
            env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"), "-client")),
        ],
    )
}
