//! `cargo lab carry` on real git histories.

mod support;

use support::{Scratch, git_is_there};

const CALLBACK: &str = "//! GET /callback\n\nfn get() {\n    read();\n    judge();\n    answer();\n}\n\nfn last() {\n    end();\n}\n";

/// Five versions. Each has an idea of its own in `callback.rs`; v04's stands right where the fixes are made.
fn ladder() -> Scratch {
    let scratch = Scratch::new(&[]);
    let ideas = [
        ("v01", "v01-login", CALLBACK.to_string()),
        ("v02", "v02-state", CALLBACK.to_string()),
        ("v03", "v03-pkce", CALLBACK.replace("    end();\n", "    end();\n    pkce();\n")),
        ("v04", "v04-token", CALLBACK.replace("    judge();\n", "    judge_with_proof();\n")),
        (
            "v05",
            "v05-api",
            CALLBACK.replace("    judge();\n", "    judge_with_proof();\n") + "\nfn api() {}\n",
        ),
    ];
    for (name, folder, callback) in ideas {
        let path = |file: &str| format!("versions/{folder}/{file}");
        scratch.write(&path("client/callback.rs"), &callback);
        scratch.write(
            &path("client/templates/home.html"),
            "<h1>Client</h1>\n<p>Hello</p>\n<p>Bye</p>\n",
        );
        scratch.write(&path("server/old.rs"), "fn a() {}\nfn b() {}\nfn c() {}\n");
        scratch.write(
            &path("Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\n\n[dependencies]\naxum = \"1\"\n"),
        );
        scratch.write(&path("README.md"), &format!("# {folder}\n"));
        scratch.write(&path("rung.toml"), &format!("idea = \"{folder}\"\n"));
    }
    scratch.commit();
    scratch
}

const LATER: [&str; 3] = ["v03-pkce", "v04-token", "v05-api"];

#[test]
fn a_fix_that_fits_everywhere_lands_everywhere_and_twice_changes_nothing() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write(
        "versions/v02-state/client/callback.rs",
        &CALLBACK.replace("fn get()", "async fn get()"),
    );
    let dry = scratch.lab(&["carry", "v02", "--dry-run"]);
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    assert!(
        !scratch.read("versions/v03-pkce/client/callback.rs").contains("async"),
        "a dry run writes nothing"
    );

    let ran = scratch.lab_in("versions/v05-api/client", &["carry", "v02"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.matches("carried").count(), 3, "{}", ran.out);
    for folder in LATER {
        let text = scratch.read(&format!("versions/{folder}/client/callback.rs"));
        assert!(text.contains("async fn get() {\n"), "{folder}: {text}");
    }
    assert!(
        scratch.read("versions/v03-pkce/client/callback.rs").contains("pkce();"),
        "the idea stays"
    );
    assert!(
        !scratch.read("versions/v01-login/client/callback.rs").contains("async"),
        "earlier versions stay"
    );
    assert!(
        scratch
            .read("target/carry-backup-1/versions/v03-pkce/client/callback.rs")
            .contains("\nfn get()")
    );

    let again = scratch.lab(&["carry", "v02"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(again.out.matches("already there").count(), 3, "{}", again.out);
    assert!(!scratch.exists("target/carry-backup-2"), "nothing was touched");
}

#[test]
fn a_fix_that_conflicts_in_one_version_is_marked_listed_and_goes_on() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    let fixed = CALLBACK
        .replace("    judge();", "    judge_strictly();")
        .replace("    read();", "    read_once();");
    scratch.write("versions/v02-state/client/callback.rs", &fixed);
    let ran = scratch.lab(&["carry", "2"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("versions/v04-token/client/callback.rs: find <<<<<<<"), "{}", ran.out);
    assert!(scratch.read("versions/v03-pkce/client/callback.rs").contains("judge_strictly();"));
    let marked = scratch.read("versions/v04-token/client/callback.rs");
    assert!(
        marked.contains("<<<<<<< v04-token") && marked.contains("judge_with_proof();"),
        "{marked}"
    );

    // While the markers are there, nothing is merged into that file a second time.
    let again = scratch.lab(&["carry", "v02"]);
    assert_eq!(again.code, Some(1));
    assert!(
        again.out.contains("versions/v04-token/client/callback.rs: it still has conflict markers"),
        "{}",
        again.out
    );
    assert_eq!(scratch.read("versions/v04-token/client/callback.rs"), marked);

    // Resolved by hand, in both versions that have the idea: now everything is there.
    for folder in ["v04-token", "v05-api"] {
        let resolved = CALLBACK
            .replace("    judge();", "    judge_strictly();\n    judge_with_proof();")
            .replace("    read();", "    read_once();");
        scratch.write(&format!("versions/{folder}/client/callback.rs"), &resolved);
    }
    let done = scratch.lab(&["carry", "v02"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert_eq!(done.out.matches("already there").count(), 3, "{}", done.out);
}

#[test]
fn a_renamed_file_is_renamed_with_what_each_version_made_of_it() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write(
        "versions/v04-token/server/old.rs",
        "fn a() {}\nfn b() {}\nfn c() {}\nfn idea() {}\n",
    );
    scratch.commit();
    scratch.remove("versions/v02-state/server/old.rs");
    scratch.write("versions/v02-state/server/new.rs", "fn fixed() {}\nfn b() {}\nfn c() {}\n");
    let ran = scratch.lab(&["carry", "v02"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.matches("renamed").count(), 3, "{}", ran.out);
    for folder in LATER {
        assert!(!scratch.exists(&format!("versions/{folder}/server/old.rs")), "{folder}");
        assert!(
            scratch
                .read(&format!("versions/{folder}/server/new.rs"))
                .starts_with("fn fixed() {}\n"),
            "{folder}"
        );
    }
    assert!(scratch.read("versions/v04-token/server/new.rs").ends_with("fn idea() {}\n"));
    let again = scratch.lab(&["carry", "v02"]);
    assert_eq!(again.out.matches("already there").count(), 3, "{}", again.out);
}

#[test]
fn a_renamed_file_that_conflicts_is_marked_under_its_new_name() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write("versions/v04-token/server/old.rs", "fn idea() {}\nfn b() {}\nfn c() {}\n");
    scratch.commit();
    scratch.remove("versions/v02-state/server/old.rs");
    scratch.write("versions/v02-state/server/new.rs", "fn fixed() {}\nfn b() {}\nfn c() {}\n");
    let ran = scratch.lab(&["carry", "v02"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("versions/v04-token/server/new.rs: find <<<<<<<"), "{}", ran.out);
    assert!(!scratch.exists("versions/v04-token/server/old.rs"));
    let marked = scratch.read("versions/v04-token/server/new.rs");
    assert!(marked.contains("fn idea() {}") && marked.contains("fn fixed() {}"), "{marked}");
    let kept = "target/carry-backup-1/versions/v04-token/server/old.rs";
    assert!(scratch.read(kept).starts_with("fn idea() {}"));
    let again = scratch.lab(&["carry", "v02"]);
    assert!(again.out.contains("new.rs: it still has conflict markers"), "{}", again.out);
    assert_eq!(scratch.read("versions/v04-token/server/new.rs"), marked);
}

#[test]
fn a_new_file_is_copied_and_a_deleted_one_goes_where_nobody_changed_it() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write("versions/v04-token/server/old.rs", "fn a() {}\nfn kept_by_the_idea() {}\n");
    scratch.commit();
    scratch.write("versions/v02-state/client/fresh.rs", "//! New in v02, run by `v02-client`.\n");
    scratch.remove("versions/v02-state/server/old.rs");
    let ran = scratch.lab(&["carry", "v02"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert_eq!(ran.out.matches("copied").count(), 3, "{}", ran.out);
    for (folder, name) in LATER.into_iter().zip(["v03", "v04", "v05"]) {
        let text = scratch.read(&format!("versions/{folder}/client/fresh.rs"));
        assert_eq!(text, format!("//! New in {name}, run by `{name}-client`.\n"));
    }
    assert!(!scratch.exists("versions/v03-pkce/server/old.rs"));
    assert!(!scratch.exists("versions/v05-api/server/old.rs"));
    assert!(
        scratch.exists("versions/v04-token/server/old.rs"),
        "what the idea changed is not lost"
    );
    assert!(
        ran.out.contains("versions/v04-token/server/old.rs: deleted before, but changed"),
        "{}",
        ran.out
    );
    assert!(scratch.exists("target/carry-backup-1/versions/v03-pkce/server/old.rs"));
}

#[test]
fn a_template_and_a_dependency_are_carried_and_pages_of_the_version_are_not() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write(
        "versions/v02-state/client/templates/home.html",
        "<h1>Client</h1>\n<p>Hello!</p>\n<p>Bye</p>\n",
    );
    scratch.write(
        "versions/v02-state/Cargo.toml",
        "[package]\nname = \"v02\"\n\n[dependencies]\naxum = \"2\"\n",
    );
    scratch.write("versions/v02-state/README.md", "# changed\n");
    scratch.write("versions/v02-state/rung.toml", "idea = \"changed\"\n");
    scratch.commit();
    let nothing = scratch.lab(&["carry", "v02"]);
    assert_eq!(nothing.code, Some(0));
    assert!(nothing.out.contains("--since HEAD~1"), "{}", nothing.out);
    let ran = scratch.lab(&["carry", "v02", "--since", "HEAD~1"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("README.md has changed, too, and stays here"), "{}", ran.out);
    for (folder, name) in LATER.into_iter().zip(["v03", "v04", "v05"]) {
        assert!(
            scratch
                .read(&format!("versions/{folder}/client/templates/home.html"))
                .contains("Hello!")
        );
        let manifest = scratch.read(&format!("versions/{folder}/Cargo.toml"));
        assert_eq!(
            manifest,
            format!("[package]\nname = \"{name}\"\n\n[dependencies]\naxum = \"2\"\n")
        );
        assert_eq!(scratch.read(&format!("versions/{folder}/README.md")), format!("# {folder}\n"));
        assert_eq!(
            scratch.read(&format!("versions/{folder}/rung.toml")),
            format!("idea = \"{folder}\"\n")
        );
    }
}

#[test]
fn windows_line_ends_stay_as_they_are() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    scratch.write("versions/v03-pkce/client/callback.rs", &CALLBACK.replace('\n', "\r\n"));
    scratch.write(
        "versions/v02-state/client/callback.rs",
        &CALLBACK.replace("fn get()", "async fn get()"),
    );
    let ran = scratch.lab(&["carry", "v02"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let text = scratch.read("versions/v03-pkce/client/callback.rs");
    assert!(text.contains("async fn get() {\r\n"), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(!scratch.read("versions/v04-token/client/callback.rs").contains('\r'));
}

#[test]
fn wrong_names_are_explained() {
    if !git_is_there() {
        return;
    }
    let scratch = ladder();
    let version = scratch.lab(&["carry", "v09"]);
    assert_eq!(version.code, Some(2));
    assert!(version.err.contains("There is no version `v09`"), "{}", version.err);
    let revision = scratch.lab(&["carry", "v02", "--since", "nonsense"]);
    assert_eq!(revision.code, Some(2));
    assert!(revision.err.contains("git knows no revision `nonsense`"), "{}", revision.err);
    let last = scratch.lab(&["carry", "v05"]);
    assert_eq!(last.code, Some(0));
    assert!(last.out.contains("v05 is the last version"), "{}", last.out);
    let outside = Scratch::new(&[("versions/v01-a/x.rs", "")]);
    let ran = outside.lab(&["carry", "v01"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("not in a git repository"), "{}", ran.err);
}
