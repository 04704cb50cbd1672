//! A rehearsal of the next rung: a copy of the newest version gets a page more and a third process. Everything must
//! serve it, and nothing outside its own folder may change but its member line, two settings and generated texts.
//!
//! It builds a workspace of its own, so `cargo test` leaves it out. CI asks for it:
//! `cargo test -p tools --test rehearsal -- --ignored`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use lab::process::cargo;

/// What the rehearsal calls the new version.
const NAME: &str = "imprint";

/// A copy of the workspace with a version more.
struct Stage {
    root: PathBuf,
    target: PathBuf,
    /// `v08`
    version: String,
    /// `v07`
    before: String,
    /// `versions/v08-imprint`
    folder: String,
}

#[test]
#[ignore = "builds a workspace of its own; CI asks for it"]
fn a_new_rung_needs_its_own_folder_and_nothing_else() {
    let stage = Stage::open();
    let (before, version) = (stage.before.as_str(), stage.version.as_str());
    stage.lab(&["new", NAME], &format!("Made {}", stage.folder));
    stage.write_the_rung();
    stage.generate();
    stage.nothing_else_changed();

    stage.lab(&[], &format!("{version}-{NAME}"));
    stage.lab(&["ladder"], "The golden rule holds");
    stage.lab(&["diff", before, version], "server/imprint.rs");
    let tested = stage.cargo(&[
        "test",
        "--quiet",
        "--package",
        version,
        "--test",
        "checks",
    ]);
    assert!(tested.contains("attack silent-authorization is stopped"), "{tested}");
    stage.lab(
        &[
            "attack",
            "silent-authorization",
            version,
        ],
        "What stopped it: consent",
    );
    stage.lab(&["attack", "--matrix"], version);
    stage.lab(
        &[
            "break",
            version,
            "verifier-not-compared",
        ],
        "attack code-injection",
    );
    stage.lab(&["draw", version, "--text"], "GET /start");
    stage.carried();
    stage.on_the_workbench();
    stage.run();
}

impl Stage {
    /// Copies what git knows, and makes it a repository: `carry` and `new` ask git.
    fn open() -> Stage {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let base = cargo::target(&from).join("rehearsal");
        let root = base.join("work");
        let _ = fs::remove_dir_all(&root);
        let listed = run(Command::new("git").current_dir(&from).args(["ls-files", "-z"]));
        for name in
            String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty())
        {
            let to = root.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from.join(name), to).unwrap();
        }
        let before = newest(&root);
        let number: u8 = before[1..].parse().unwrap();
        let version = format!("v{:02}", number + 1);
        let folder = format!("versions/{version}-{NAME}");
        let stage = Stage {
            target: base.join("target"),
            root,
            version,
            before,
            folder,
        };
        stage.git(&["init", "--quiet"]);
        stage.commit("As it was");
        stage
    }

    /// The rung itself: a page, and a process beside the two.
    fn write_the_rung(&self) {
        let own = |path: &str| format!("{}/{path}", self.folder);
        self.write(&own("server/imprint.rs"), include_str!("imprint.rs"));
        self.write(&own("server/templates/imprint.html"), include_str!("imprint.html"));
        self.write(&own("api/main.rs"), include_str!("api.rs"));
        self.change(
            &own("Cargo.toml"),
            "path = \"client/main.rs\"\n",
            &format!(
                "path = \"client/main.rs\"\n\n[[bin]]\nname = \"{}-api\"\npath = \"api/main.rs\"\n",
                self.version
            ),
        );
        let cast = "            env!(concat!(\"CARGO_BIN_EXE_\", env!(\"CARGO_PKG_NAME\"), \"-client\")),\n";
        self.change(
            &own("tests/checks.rs"),
            cast,
            &format!("{cast}{}", cast.replace("-client", "-api")),
        );
        self.change(&own("server/main.rs"), "mod home;\n", "mod home;\nmod imprint;\n");
        let route = "            .route(\"/welcome\", get(welcome::get))\n";
        self.change(
            &own("server/main.rs"),
            route,
            &format!("{route}            .route(\"/imprint\", get(imprint::get))\n"),
        );
    }

    /// What the new folder says of itself, the two settings of its third process, and all generated texts.
    fn generate(&self) {
        let rung = format!("{}/rung.toml", self.folder);
        self.change(
            &rung,
            "idea = \"Say the one idea in a sentence.\"",
            "idea = \"The server says who runs it.\"",
        );
        self.change(&rung, "added = 220", "added = 50");
        let text = self.read(&rung);
        self.write(&rung, &format!("{text}\n{PART}"));
        let readme = format!("{}/README.md", self.folder);
        let old = self.read(&readme);
        let (title, _) = old.split_once("\n## ").expect("a heading");
        let rest = &old[title.len()..];
        self.write(
            &readme,
            &format!("# {}-{NAME}\n\nThe server says who runs it.\n{rest}", self.version),
        );
        let table = "shared/settings/src/table.rs";
        let count = self.read(table).matches("    place(\n").count();
        assert!(count > 0, "the table has places");
        let (before, after) = self
            .read(table)
            .split_once("pub const SETTINGS: [Setting; ")
            .map(|(a, b)| (a.to_string(), b.to_string()))
            .expect("the table");
        let (number, rest) = after.split_once("] = [\n").expect("its size");
        let number: usize = number.parse().expect("a number");
        self.write(
            table,
            &format!("{before}pub const SETTINGS: [Setting; {}] = [\n{SETTING}{rest}", number + 1),
        );
        self.lab(&["doctor", "--write-env-example"], "");
        self.lab(&["attack", "--write"], "");
        self.lab(&["diff", "--write"], "");
        self.lab(&["ladder", "--write"], "");
    }

    /// Outside of the new folder only what is allowed has changed.
    fn nothing_else_changed(&self) {
        let allowed = [
            ".env.example",
            "Cargo.lock",
            "Cargo.toml",
            "README.md",
            "docs/attacks.md",
            "docs/diffs/",
            "shared/settings/src/table.rs",
        ];
        let status = self.git(&[
            "status",
            "--porcelain",
            "--untracked-files=all",
        ]);
        let names = status.lines().map(|line| line[3..].trim().to_string());
        let strange: Vec<String> = names
            .filter(|name| !name.starts_with(&self.folder))
            .filter(|name| !allowed.iter().any(|start| name.starts_with(start)))
            // The order of the attacks in their generated parts.
            .filter(|name| !(name.starts_with("versions/") && name.ends_with("/README.md")))
            .collect();
        assert!(strange.is_empty(), "a new rung must not need: {strange:?}");
        self.commit("A new rung");
    }

    /// A fix in the version before reaches the new one.
    fn carried(&self) {
        let (old, _) = folder_of(&self.root, &self.before);
        let file = "server/welcome.rs";
        let text = self.read(&format!("versions/{old}/{file}"));
        self.write(&format!("versions/{old}/{file}"), &format!("{text}\n// A fix.\n"));
        self.lab(&["carry", &self.before], file);
        assert!(self.read(&format!("{}/{file}", self.folder)).ends_with("// A fix.\n"));
        self.git(&["checkout", "--quiet", "."]);
    }

    /// A learner can write the step.
    fn on_the_workbench(&self) {
        self.lab(&["start", &self.version], "workbench/TASK.md");
        self.lab(&["check", "--only", "R1.2"], "hold");
        self.lab(&["hint"], "Hint 1 of");
        self.lab(&["solution"], "imprint.rs");
    }

    /// The whole cast starts, and answers.
    fn run(&self) {
        let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let mut command = self.command();
        command.args([
            "run",
            &self.version,
            "--ports",
            &format!("{},{}", ports[0], ports[1]),
        ]);
        command.env("API_PORT", ports[2].to_string()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = Ended(command.stdin(Stdio::piped()).spawn().expect("lab starts"));
        let begin = Instant::now();
        for port in &ports {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                assert!(begin.elapsed() < Duration::from_secs(120), "nobody answers on {port}");
                assert!(child.0.try_wait().expect("a child").is_none(), "lab run has ended");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    fn command(&self) -> Command {
        let mut lab = Command::new("cargo");
        lab.args([
            "run",
            "--quiet",
            "--package",
            "lab",
            "--",
        ]);
        lab.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env("NO_COLOR", "1");
        for name in [
            "LAB_TOOLS",
            "CARGO_MANIFEST_DIR",
            "AUTH_SERVER_PORT",
            "CLIENT_APP_PORT",
        ] {
            lab.env_remove(name);
        }
        lab
    }

    /// Runs `cargo lab` as a person does, and wants to read something.
    fn lab(&self, words: &[&str], wanted: &str) {
        println!("cargo lab {}", words.join(" "));
        let output = self.command().args(words).stdin(Stdio::null()).output().expect("cargo");
        let said = text_of(&output);
        assert!(said.contains(wanted), "cargo lab {}: no {wanted}\n{said}", words.join(" "));
        let may_fail = ["check", "solution"].contains(words.first().unwrap_or(&""));
        assert!(output.status.success() || may_fail, "cargo lab {}\n{said}", words.join(" "));
    }

    fn cargo(&self, words: &[&str]) -> String {
        println!("cargo {}", words.join(" "));
        let mut cargo = Command::new("cargo");
        let cargo = cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).args(words);
        let output = cargo.output().expect("cargo");
        assert!(output.status.success(), "cargo {}\n{}", words.join(" "), text_of(&output));
        text_of(&output)
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(&self.root).args([
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@example.org",
        ]);
        String::from_utf8_lossy(&run(git.args(words)).stdout).into_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&[
            "commit",
            "--quiet",
            "--no-gpg-sign",
            "--message",
            message,
        ]);
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Replaces what stands there exactly once.
    fn change(&self, path: &str, before: &str, after: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(before).count(), 1, "{path}: {before}");
        self.write(path, &text.replace(before, after));
    }
}

/// The parts in which the step is told.
const PART: &str = r#"[[part]]
title = "Who runs it"
sentence = "A page that says so, and a process beside the two."
files = [
    { path = "server/imprint.rs", says = "The page." },
    { path = "server/templates/imprint.html", says = "What it says." },
    { path = "server/main.rs", says = "The new route." },
    { path = "api/main.rs", says = "A third process." },
]
"#;

/// The setting of the third process.
const SETTING: &str = r#"    place("API_PORT", "5002", Rule::Port, "Port of the API."),
"#;

/// A child that is ended when this is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {}", text_of(&output));
    output
}

fn text_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The newest version: `v06`.
fn newest(root: &Path) -> String {
    let mut names = folders(root);
    names.sort();
    let newest = names.pop().expect("a version");
    newest.split('-').next().unwrap_or_default().to_string()
}

fn folder_of(root: &Path, version: &str) -> (String, PathBuf) {
    let name = folders(root).into_iter().find(|name| name.starts_with(&format!("{version}-")));
    let name = name.expect("a folder");
    let path = root.join("versions").join(&name);
    (name, path)
}

fn folders(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("versions")).expect("versions").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port()
}
