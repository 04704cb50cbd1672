//! Python programs as children, and `cargo lab check` run against them.

use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;
use std::process::{Child, Command, Stdio};

use libtest_mimic::{Failed, Trial};

/// A Python that is new enough, if there is one.
pub fn find() -> Option<String> {
    let is_new = |python: &&str| {
        let mut command = Command::new(python);
        command.args([
            "-c",
            "import sys; sys.exit(sys.version_info < (3, 8))",
        ]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    ["python3", "python"]
        .iter()
        .find(|python| is_new(python))
        .map(|python| (*python).to_owned())
}

/// Whether the caller insists on these tests.
pub fn is_required() -> bool {
    std::env::var("LAB_REQUIRE_PYTHON").is_ok_and(|value| value == "1")
}

/// A running program. It ends when this is dropped, and by itself when this process dies.
pub struct Program {
    /// Where it answers.
    pub url: String,
    child: Child,
}

impl Program {
    /// Starts one of the scripts beside this file and waits for its line `listening on URL`.
    pub fn start(python: &str, script: &str, arguments: &[&str]) -> Result<Program, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
        let mut command = Command::new(python);
        // No cache files in the source tree.
        command.arg("-B").arg(folder.join(script)).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|trouble| trouble.to_string())?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(|trouble| trouble.to_string())?;
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let mut program = Program {
            url: String::new(),
            child,
        };
        program.url = url.ok_or_else(|| format!("{script} {arguments:?} said: {line}"))?;
        Ok(program)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A test that is given the Python to start programs with.
pub type Test = fn(&str) -> Result<(), Failed>;

/// The tests as lines of `cargo test`.
pub fn trials_of(tests: &[(&str, Test)], python: &str) -> Vec<Trial> {
    let trial = |(name, test): &(&str, Test)| {
        let (python, test) = (python.to_owned(), *test);
        Trial::test(*name, move || test(&python))
    };
    tests.iter().map(trial).collect()
}

/// Fails with what was wanted and what was got unless `good`.
pub fn must(good: bool, wanted: &str, got: &str) -> Result<(), Failed> {
    if good {
        Ok(())
    } else {
        Err(format!("wanted {wanted}, got:\n{got}").into())
    }
}

/// What `cargo lab check` said and its exit code.
pub struct Said {
    pub out: String,
    pub err: String,
    pub code: i32,
}

/// Runs `cargo lab check` to its end.
pub fn lab_check(arguments: &[&str]) -> Result<Said, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab-tools"));
    command.arg("check");
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|trouble| trouble.to_string())?;
    Ok(Said {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    })
}

/// The names (`R4.8 a wrong code_verifier …`) of the checks with this verdict, in a document of `--json`.
pub fn with_verdict(document: &Value, verdict: &str) -> Vec<String> {
    let checks = document["checks"].as_array().into_iter().flatten();
    let text = |check: &Value, name: &str| check[name].as_str().unwrap_or_default().to_owned();
    checks
        .filter(|check| check["verdict"] == verdict)
        .map(|check| format!("{} {}", text(check, "id"), text(check, "title")))
        .collect()
}

/// Runs `cargo lab check --json` down to the lab rules; the document, and that the exit code says the same.
pub fn document(arguments: &[&str]) -> Result<Value, String> {
    let all = ["--level", "lab", "--json"];
    let said = lab_check(&[arguments, &all].concat())?;
    let document: Value = serde_json::from_str(&said.out)
        .map_err(|trouble| format!("{trouble}: {}\n{}", said.out, said.err))?;
    let failed = with_verdict(&document, "failed").len();
    let wanted = i32::from(failed > 0);
    if said.code != wanted {
        return Err(format!("exit code {} with {failed} failures, not {wanted}", said.code));
    }
    Ok(document)
}

/// Fails unless the names are exactly the wanted ones; each wanted one is a number and the beginning of a title.
pub fn exactly(found: &[String], wanted: &[&str]) -> Result<(), String> {
    let unwanted: Vec<&String> =
        found.iter().filter(|name| !wanted.iter().any(|begin| name.starts_with(begin))).collect();
    let missing: Vec<&&str> = wanted
        .iter()
        .filter(|begin| !found.iter().any(|name| name.starts_with(**begin)))
        .collect();
    if unwanted.is_empty() && missing.is_empty() {
        return Ok(());
    }
    Err(format!("failed, but should not: {unwanted:#?}\nshould fail, but did not: {missing:#?}"))
}
