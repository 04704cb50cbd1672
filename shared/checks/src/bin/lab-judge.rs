//! Judges a pair of binaries by chosen checks: what `cargo lab break` calls. Its output is for programs.
//!
//! `lab-judge list`, or `lab-judge 4 SERVER CLIENT CHECK…`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use checks::judge;
use kit::Executables;

#[tokio::main]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Vec<String>) -> Result<(), String> {
    match arguments.as_slice() {
        [list] if list == "list" => judge::list().into_iter().for_each(say),
        [version, server, client, wanted @ ..] if !wanted.is_empty() => {
            let version = version.parse().map_err(|_| format!("{version} is not a number"))?;
            let mut cases = Vec::new();
            for name in wanted {
                cases.extend(judge::cases(version, name)?);
            }
            let executables = Executables::pair(PathBuf::from(server), PathBuf::from(client));
            judge::judge(version, &executables, cases, say).await?;
        }
        _ => return Err("lab-judge list | lab-judge VERSION SERVER CLIENT CHECK…".to_owned()),
    }
    Ok(())
}

/// Writes a line. A reader that has gone is no reason to fail: it asked for no more.
fn say(line: String) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
