//! `cargo lab` as a person meets it: names, help, places, plain output.

mod support;

use support::Scratch;

fn ladder() -> Scratch {
    Scratch::new(&[
        ("Cargo.toml", "[workspace.package]\nrust-version = \"1.88\"\n"),
        ("versions/v01-first/client/start.rs", "fn begin() {\n    go();\n}\n"),
        ("versions/v01-first/rung.toml", "idea = \"First.\"\nbroken = [\"All of it.\"]\n"),
        ("versions/v02-second/client/start.rs", "fn begin() {\n    go(state);\n}\n"),
        (
            "versions/v02-second/rung.toml",
            "idea = \"Second.\"\ncures = [\"theft\"]\n[budget]\nadded = 1\nremoved = 1\n\
             [[part]]\ntitle = \"The state\"\nsentence = \"It goes along.\"\nfiles = [{ path = \"client/start.rs\", says = \"where\" }]\n",
        ),
    ])
}

#[test]
fn alone_it_lists_the_versions_and_what_to_type_next() {
    let ran = ladder().lab_in("versions/v02-second/client", &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for wanted in [
        "v01-first",
        "First.",
        "broken All of it.",
        "cures  theft",
        "cargo lab run v01",
        "cargo lab diff v01 v02",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    assert!(!ran.out.contains('\x1b'), "plain when it is not a terminal: {:?}", ran.out);
}

#[test]
fn a_command_line_that_does_not_fit_gets_what_was_probably_meant() {
    let scratch = ladder();
    for (typed, wanted) in [
        (&["rnu", "v01"][..], "Did you mean cargo lab run?"),
        (&["attak"], "a similar subcommand exists: 'attack'"),
        (&["v02"], "v02-second is a version. Type: cargo lab run v02"),
        (&["run"], "The versions: v01-first, v02-second."),
        (&["carry", "v01", "--sinc", "HEAD"], "a similar argument exists: '--since'"),
    ] {
        let ran = scratch.lab(typed);
        assert_eq!(ran.code, Some(2), "{typed:?}: {}", ran.err);
        assert!(ran.err.contains(wanted), "{typed:?}: {}", ran.err);
    }
}

#[test]
fn every_command_shows_an_example() {
    let scratch = ladder();
    let help = scratch.lab(&["--help"]).out;
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 8, "{help}");
    for name in names {
        let help = scratch.lab(&[name, "--help"]).out;
        assert!(
            help.contains("Example") && help.contains(&format!("cargo lab {name}")),
            "{name}: {help}"
        );
    }
}

#[test]
fn wrong_names_get_a_suggestion_and_the_list() {
    let scratch = ladder();
    let version = scratch.lab(&["diff", "v01", "v0second"]);
    assert_eq!(version.code, Some(2));
    assert!(version.err.contains("There is no version `v0second`."), "{}", version.err);
    assert!(version.err.contains("Known: v01-first, v02-second."), "{}", version.err);
    let command = scratch.lab(&["ladr"]);
    assert_eq!(command.code, Some(2));
    assert!(command.err.contains("ladder"), "{}", command.err);
}

#[test]
fn outside_of_the_workspace_it_says_where_to_go() {
    let mut lab = support::lab();
    let output = lab
        .current_dir(std::env::temp_dir())
        .env_remove("CARGO_MANIFEST_DIR")
        .output()
        .expect("lab starts");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("not inside the oauth-lab workspace"), "{errors}");
}

#[test]
fn a_diff_is_shown_written_kept_and_found_stale() {
    let scratch = ladder();
    let shown = scratch.lab(&["diff", "2"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    let order = [
        "Second.\n",
        "\nThe state\nIt goes along.\n+1 -1 lines of code\n",
        "\nclient/start.rs  +1 -1  1 of 1\nwhere\n",
        "  -     go();\n  +     go(state);\n",
    ];
    let mut rest = shown.out.as_str();
    for text in order {
        rest = rest.split_once(text).unwrap_or_else(|| panic!("{text}: {}", shown.out)).1;
    }

    let page = [
        "diff",
        "v01",
        "v02",
        "--html",
        "step.html",
    ];
    assert_eq!(scratch.lab(&page).code, Some(0));
    assert!(scratch.read("step.html").contains("<mark>state</mark>"));
    let page = scratch.lab(&["diff", "v01", "v02", "--html"]);
    assert!(page.out.contains("target") && page.out.contains("v01-v02.html\n"), "{}", page.out);
    assert!(scratch.read("target/diffs/v01-v02.html").contains("<mark>state</mark>"));
    let mistaken = scratch.lab(&["diff", "--html", "v01", "v02"]);
    assert_eq!(mistaken.code, Some(2));
    assert!(mistaken.err.contains("Put --html last"), "{}", mistaken.err);

    assert_eq!(scratch.lab(&["diff", "--check"]).code, Some(1));
    assert_eq!(scratch.lab(&["diff", "--write"]).code, Some(0));
    assert!(scratch.read("docs/diffs/v01-v02.diff").contains("\n+    go(state);\n"));
    assert_eq!(scratch.lab(&["diff", "--check"]).code, Some(0));

    // A fix that stopped in the older version.
    scratch.write(
        "versions/v01-first/client/start.rs",
        "fn begin() {\n    go();\n}\n\nfn fixed() {}\n",
    );
    let stale = scratch.lab(&["diff", "--check"]);
    assert_eq!(stale.code, Some(1));
    assert!(
        stale
            .out
            .contains("docs/diffs/v01-v02.diff: is out of date: v01 has a line that v02 has not."),
        "{}",
        stale.out
    );
    assert!(stale.out.contains("cargo lab carry v01"), "{}", stale.out);
}

#[test]
fn a_diff_that_runs_backwards_says_so() {
    let ran = ladder().lab(&["diff", "v02", "v01"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("This runs backwards"), "{}", ran.out);
    assert!(ran.out.contains("cargo lab diff v01 v02"), "{}", ran.out);
    assert!(!ran.out.contains("Second."), "the idea is not what is shown: {}", ran.out);
    assert!(ran.out.contains("  -     go(state);\n  +     go();\n"), "{}", ran.out);
}

#[test]
fn ones_own_folder_is_compared_with_a_version() {
    let scratch = ladder();
    scratch.write("mine/Cargo.toml", "[package]\nname = \"mine\"\n");
    scratch.write("mine/client/start.rs", "fn begin() {\n    gone();\n}\n");
    let ran = scratch.lab(&["diff", "--mine", "mine", "v02"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("  -     gone();\n  +     go(state);\n"), "{}", ran.out);
    let none = scratch.lab(&["diff", "--mine", "nowhere", "v02"]);
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("nowhere"), "{}", none.err);
}

#[test]
fn the_ladder_tells_each_broken_rule_and_the_cure() {
    let scratch = ladder();
    let marks = |names: &[&str]| {
        let mark = |name: &&str| {
            format!("<!-- {name}: written by `cargo lab ladder --write` -->\n<!-- /{name} -->\n")
        };
        names.iter().map(mark).collect::<String>()
    };
    scratch.write("README.md", &marks(&["ladder"]));
    let parts = marks(&["read", "broken", "attacks"]);
    scratch.write("versions/v01-first/README.md", &format!("First.\n{parts}"));
    scratch.write("versions/v02-second/README.md", &format!("# v02\n\nSecond.\n{parts}"));
    scratch.write(
        "versions/v01-first/rung.toml",
        "idea = \"First.\"\nbroken = [\"All of it.\"]\n\
         [[part]]\ntitle = \"All\"\nsentence = \"It begins.\"\nfiles = [{ path = \"client/start.rs\", says = \"how\" }]\n",
    );
    let ran = scratch.lab(&["ladder", "--write"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("v01 -> v02         1  +1 -1"), "{}", ran.out);
    assert!(
        scratch.read("README.md").contains("| [v02](versions/v02-second/) | Second. | `theft` |")
    );
    let first = scratch.read("versions/v01-first/README.md");
    for wanted in [
        "\n**All.** It begins.\n\n1. [`client/start.rs`](client/start.rs): how\n",
        "\n- All of it.\n",
        "\nThe attacks that succeed here: `login-csrf`, ",
    ] {
        assert!(first.contains(wanted), "{wanted}: {first}");
    }

    scratch.write(
        "versions/v02-second/client/start.rs",
        "// In v01 it was go().\nfn begins() {\n    go(state);\n}\n",
    );
    scratch.write("versions/v02-second/client/more.rs", "");
    scratch.write("versions/v01-first/README.md", &first.replace(": how", ": why"));
    let broken = scratch.lab(&["ladder"]);
    assert_eq!(broken.code, Some(1));
    let said = broken.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "the step is larger than its budget: 2 lines of code added (at most 1), 2 lines of code removed",
        "`fn begin` in client/start.rs is gone: renamed to `begins`?",
        "versions/v02-second/client/start.rs:1 names the version v01.",
        "versions/v02-second/rung.toml no part tells of client/more.rs.",
        "versions/v01-first/README.md `read` is not what the declarations say.",
        "docs/diffs/v01-v02.diff is out of date",
        "6 places break the golden rule.",
    ] {
        assert!(said.contains(wanted), "{wanted}: {}", broken.out);
    }
}

#[test]
fn the_doctor_names_what_is_wrong_with_env_and_ends_with_1() {
    let scratch = ladder();
    scratch.write(
        ".env",
        "\u{feff}AUTH_SERVER_PROT=5000\r\nCLIENT_APP_URL=http://127.0.0.1:5001\r\nLAB_TTL_CODE=900\r\nCLIENT_SECRET=hunter$2\r\n",
    );
    let ran = scratch.lab(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    for wanted in [
        "Did you mean AUTH_SERVER_PORT?",
        "uses 127.0.0.1",
        "LAB_TTL_CODE (line 3 of .env) is `900`.",
        "Line 4 of .env, CLIENT_SECRET, has a $",
        "3 things to fix.",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    assert!(!ran.out.contains("hunter"), "a secret is not printed: {}", ran.out);
    // `run` says the same before it builds anything.
    let refused = scratch.lab(&["run", "v01"]);
    assert_eq!(refused.code, Some(2));
    for wanted in [
        "LAB_TTL_CODE (line 3 of .env)",
        "Line 4 of .env, CLIENT_SECRET",
    ] {
        assert!(refused.err.contains(wanted), "{wanted}: {}", refused.err);
    }
    assert!(!scratch.exists("target"), "nothing is built for settings that are refused");
}

#[test]
fn the_example_of_a_dot_env_is_written_from_the_table() {
    let scratch = ladder();
    assert_eq!(scratch.lab(&["doctor", "--write-env-example"]).code, Some(0));
    assert!(scratch.read(".env.example").contains("\n#LAB_MAX_ROWS=10000\n"));
}
