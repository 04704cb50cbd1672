//! A scratch workspace with a git history, and the `lab` command run in it as a person would.

// Each test file uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A workspace of its own in the system's temporary folder; gone when the test is over.
pub struct Scratch {
    pub root: PathBuf,
}

impl Scratch {
    /// A workspace with the given files, and nothing committed.
    pub fn new(files: &[(&str, &str)]) -> Scratch {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("lab-test-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let scratch = Scratch { root };
        scratch.write("scripts/lab/Cargo.toml", "");
        scratch.write(".gitignore", "/target/\n");
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    pub fn write(&self, path: &str, text: &str) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("the folder can be made");
        fs::write(file, text).expect("the file can be written");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).expect("the file is there");
    }

    /// Commits everything.
    pub fn commit(&self) {
        git(&self.root, &["init", "-q"]);
        git(&self.root, &["add", "-A"]);
        git(
            &self.root,
            &[
                "commit",
                "-q",
                "--no-gpg-sign",
                "-m",
                "x",
            ],
        );
    }

    /// Runs `lab` in a folder of the workspace.
    pub fn lab_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut lab = lab();
        // Without the manifest's folder in the environment, `lab` has only the current folder to go by.
        lab.current_dir(self.root.join(folder)).args(arguments).env_remove("CARGO_MANIFEST_DIR");
        // What a scratch workspace builds must not replace the binaries of the same name of this one.
        lab.env("CARGO_TARGET_DIR", self.root.join("target"));
        Ran::from(lab.output().expect("lab can be started"))
    }

    /// Runs `lab` at the root of the workspace.
    pub fn lab(&self, arguments: &[&str]) -> Ran {
        self.lab_in(".", arguments)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// What `lab` said and how it ended.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// `lab` itself, which hands its larger half's words to the `lab-tools` of this build.
pub fn lab() -> Command {
    static LAB: OnceLock<PathBuf> = OnceLock::new();
    let lab = LAB.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        lab::process::cargo::build(&root, &["lab"], false).expect("lab is built").remove(0)
    });
    let mut command = Command::new(lab);
    command.env("LAB_TOOLS", env!("CARGO_BIN_EXE_lab-tools"));
    command
}

/// Whether git is installed. Without it, the tests of the one command that needs it have nothing to run.
pub fn git_is_there() -> bool {
    Command::new("git").arg("--version").output().is_ok()
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args([
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.org",
        "-c",
        "core.autocrlf=false",
    ]);
    let output = git.args(arguments).output().expect("git can be started");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
