//! The manifest of a workbench, made from that of the version and that of the workspace.
//!
//! The workbench is a workspace of its own. So nothing that a learner writes, not even a manifest that cannot
//! be read, keeps the versions from building, and no tracked file changes when it comes and goes.

use std::path::Path;

/// The name that stands in the place of the version's.
pub const NAME: &str = "workbench";

/// `Cargo.toml`: the version's package, then the workspace's tables, with paths as seen from the workbench.
pub fn cargo_toml(version_manifest: &str, workspace_manifest: &str) -> String {
    // The checks are an ordinary dependency here: server, client and tests are then compiled with the same
    // features of everything, and nothing twice.
    let package = version_manifest.replace("\n[dev-dependencies]\nchecks.workspace = true\n", "\n");
    let package = package.replace("[dependencies]\n", "[dependencies]\nchecks.workspace = true\n");
    let mut workspace = String::new();
    let mut inside_members = false;
    for line in workspace_manifest.lines() {
        inside_members |= line.starts_with("members") || line.starts_with("default-members");
        if !inside_members {
            workspace.push_str(&line.replace("path = \"", "path = \"../"));
            workspace.push('\n');
        }
        inside_members &= !line.contains(']');
    }
    format!(
        "# Your workbench: a package with two binaries, in a workspace of its own. `cargo lab` wrote this file.\n{}\n{}",
        package.trim_end().to_string() + "\n",
        workspace
    )
}

/// `.cargo/config.toml`: `cargo lab` works here too, and what the versions have built is not built again.
pub fn cargo_config(root: &Path) -> String {
    let manifest =
        root.join("Cargo.toml").to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[alias]\nlab = [\"run\", \"--manifest-path\", \"{manifest}\", \"--package\", \"lab\", \"--\"]\n\n[build]\ntarget-dir = \"../target\"\n"
    )
}

/// `tests/checks.rs`: the checks of the version that is to be written, on the workbench's own binaries.
pub fn test_file(goal: &str) -> String {
    format!(
        "//! Holds your pair against the rules of {goal}. `cargo lab check` runs this and draws the list.\n\n\
         use std::process::ExitCode;\n\n\
         fn main() -> ExitCode {{\n    \
             checks::cargo_test(\n        \
                 \"{goal}\",\n        \
                 env!(\"CARGO_BIN_EXE_{NAME}-server\"),\n        \
                 env!(\"CARGO_BIN_EXE_{NAME}-client\"),\n    \
             )\n\
         }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    const VERSION: &str = "[package]\nname = \"workbench\"\n\n[dependencies]\naxum.workspace = true\n\n[dev-dependencies]\nchecks.workspace = true\n\n[[test]]\nname = \"checks\"\n";
    const WORKSPACE: &str = "[workspace]\nresolver = \"3\"\nmembers = [\n  \"versions/*\",\n]\n\n[workspace.dependencies]\naxum = \"0.8\"\nweb = { path = \"shared/web\" }\n";

    #[test]
    fn the_manifest_is_whole() {
        let manifest = cargo_toml(VERSION, WORKSPACE);
        let document = DeTable::parse(&manifest).expect("good TOML");
        let get = |path: &[&str]| {
            let start = document.get_ref().get(path[0]).expect(path[0]).get_ref();
            path[1..]
                .iter()
                .fold(start, |value, key| value.get(key).expect(key).get_ref())
                .as_str()
                .map(str::to_string)
        };
        assert_eq!(
            get(&[
                "workspace",
                "dependencies",
                "web",
                "path"
            ])
            .as_deref(),
            Some("../shared/web")
        );
        assert_eq!(get(&["package", "name"]).as_deref(), Some("workbench"));
        assert!(!manifest.contains("versions/*"), "{manifest}");
        assert!(manifest.contains("[dependencies]\nchecks.workspace = true\naxum"), "{manifest}");
    }

    #[test]
    fn a_path_with_backslashes_is_good_toml() {
        let config = cargo_config(Path::new(r"C:\my lab"));
        assert!(DeTable::parse(&config).is_ok(), "{config}");
    }
}
