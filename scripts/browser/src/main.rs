//! `cargo run -p browser-tests -- screenshots`: retakes the pictures of the texts.

use std::process::ExitCode;

use browser_tests::pool::Pool;
use browser_tests::screenshots;
use kit::chromium::installed;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words != ["screenshots"] {
        eprintln!("Say what to do: cargo run -p browser-tests -- screenshots");
        return ExitCode::from(2);
    }
    match retake() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

fn retake() -> Result<(), String> {
    let programs = installed().ok_or("chromium and chromedriver are not installed")?;
    let pool = Pool::new(programs)?;
    let taken = pool.with(async |person| screenshots::retake(person).await);
    pool.close();
    for (path, bytes) in taken? {
        println!("{:>6} bytes  {}", bytes, path.display());
    }
    Ok(())
}
