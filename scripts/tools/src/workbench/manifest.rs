//! The manifest of a workbench, made from that of the version and that of the workspace.
//!
//! The workbench is a workspace of its own. So nothing that a learner writes, not even a manifest that cannot
//! be read, keeps the versions from building, and no tracked file changes when it comes and goes.

use std::collections::BTreeMap;
use std::path::Path;

use lab::workbench::bench::NAME;
use toml::de::DeTable;

/// The folder of a second package in the workbench, see [`same_features`].
pub const FEATURES: &str = ".features";

/// `Cargo.toml`: the version's package, then the workspace's tables, with paths as seen from the workbench.
pub fn cargo_toml(version_manifest: &str, workspace_manifest: &str) -> String {
    let mut workspace = String::new();
    let mut inside_members = false;
    for line in workspace_manifest.lines() {
        if line.starts_with("members") {
            workspace.push_str(&format!(
                "members = [\"{FEATURES}\"]\ndefault-members = [\".\", \"{FEATURES}\"]\n"
            ));
        }
        inside_members |= line.starts_with("members") || line.starts_with("default-members");
        if !inside_members {
            workspace.push_str(&line.replace("path = \"", "path = \"../"));
            workspace.push('\n');
        }
        inside_members &= !line.contains(']');
    }
    let package = version_manifest.trim_end();
    format!(
        "# Your workbench: a package with two binaries, in a workspace of its own. `cargo lab` wrote this file.\n{package}\n\n{workspace}"
    )
}

/// Without the programs whose source is not there yet: cargo would not read the manifest.
pub fn with_bins_of(manifest: &str, is_there: impl Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    for (number, section) in manifest.split("[[bin]]\n").enumerate() {
        let (bin, rest) = section.split_once("\n\n").unwrap_or((section, ""));
        let path = bin.lines().find_map(|line| line.strip_prefix("path = \""));
        match path.map(|path| path.trim_end_matches('"')) {
            Some(path) if number > 0 && !is_there(path) => {
                let bin = bin.replace('\n', "\n# ");
                kept.push_str(&format!(
                    "# Take the # away once you have written {path}.\n# [[bin]]\n# {bin}\n\n{rest}"
                ));
            }
            _ if number > 0 => kept.push_str(&format!("[[bin]]\n{section}")),
            _ => kept.push_str(section),
        }
    }
    kept
}

/// The manifest of a package that is empty and names every dependency of the lab. Cargo then chooses the same
/// features for them here as for the versions, and what the versions have built is not built again.
pub fn same_features(workspace_manifest: &str) -> String {
    let document = DeTable::parse(workspace_manifest).ok();
    let table = document.as_ref().and_then(|document| {
        let workspace = document.get_ref().get("workspace")?.get_ref();
        workspace.get("dependencies")?.get_ref().as_table()
    });
    let names = table.into_iter().flat_map(|table| table.keys());
    let dependencies: String =
        names.map(|name| format!("{}.workspace = true\n", name.get_ref())).collect();
    format!(
        "# An empty package. It names every dependency of the lab, so that cargo chooses the same features here\n\
         # as for the versions, and nothing is built twice.\n\
         [package]\nname = \"same-features\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lib]\npath = \"lib.rs\"\n\n[dependencies]\n{dependencies}"
    )
}

/// `.cargo/config.toml`: `cargo lab` works here too, and what the versions have built is not built again.
///
/// An alias is a string here because it is one in the workspace's own file, and cargo joins lists. It is cut at
/// blanks, so a path with a blank in it cannot stand there. The way is then written relative to where one stands,
/// and every one of `folders` (`server/templates`) needs a file of its own.
pub fn cargo_configs<'a>(
    root: &Path,
    folders: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<String, String> {
    const TOP: &str = ".cargo/config.toml";
    let target = "\n[build]\ntarget-dir = \"../target\"\n";
    let absolute = root.join("Cargo.toml").to_string_lossy().into_owned();
    if !absolute.contains(char::is_whitespace) {
        return BTreeMap::from([(TOP.into(), alias(&absolute) + target)]);
    }
    let mut files: BTreeMap<String, String> = folders
        .into_iter()
        .map(|folder| {
            let up = "../".repeat(folder.split('/').count() + 1);
            (format!("{folder}/{TOP}"), alias(&format!("{up}Cargo.toml")))
        })
        .collect();
    files.insert(TOP.into(), alias("../Cargo.toml") + target);
    files
}

fn alias(manifest: &str) -> String {
    let manifest = manifest.replace('\\', "\\\\").replace('"', "\\\"");
    format!("[alias]\nlab = \"run --manifest-path {manifest} --package lab --\"\n")
}

/// `tests/checks.rs`: the checks of the version that is to be written, on the workbench's own binaries.
pub fn test_file(goal: &str) -> String {
    format!(
        "//! Holds your pair against the rules of {goal}. `cargo lab check` runs this and draws the list.\n\n\
         use std::process::ExitCode;\n\n\
         fn main() -> ExitCode {{\n    \
             checks::cargo_test(\n        \
                 \"{goal}\",\n        \
                 &[env!(\"CARGO_BIN_EXE_{NAME}-server\"), env!(\"CARGO_BIN_EXE_{NAME}-client\")],\n    \
             )\n\
         }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_written_yet_is_no_program() {
        let bin =
            |name: &str| format!("[[bin]]\nname = \"w-{name}\"\npath = \"{name}/main.rs\"\n\n");
        let manifest = format!("[package]\n\n{}{}[dependencies]\n", bin("server"), bin("api"));
        assert_eq!(with_bins_of(&manifest, |_| true), manifest);
        let text = with_bins_of(&manifest, |path| path.starts_with("server"));
        assert!(text.contains("[[bin]]\nname = \"w-server\""), "{text}");
        assert!(
            text.contains("# [[bin]]\n# name = \"w-api\"\n# path = ")
                && text.ends_with("[dependencies]\n")
        );
    }

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
        assert!(manifest.contains("default-members = [\".\", \".features\"]\n"), "{manifest}");
        let features = same_features(WORKSPACE);
        assert!(
            features.ends_with("[dependencies]\naxum.workspace = true\nweb.workspace = true\n"),
            "{features}"
        );
    }

    #[test]
    fn a_path_with_backslashes_is_good_toml() {
        let configs = cargo_configs(Path::new(r"C:\lab"), ["server"]);
        let config = &configs[".cargo/config.toml"];
        assert!(DeTable::parse(config).is_ok() && config.contains(r"C:\\lab"), "{config}");
        assert_eq!(configs.len(), 1, "the folders below find that file");
    }

    #[test]
    fn a_path_with_a_blank_is_written_relative_to_each_folder() {
        let configs = cargo_configs(Path::new("/my lab"), ["server", "server/templates"]);
        let way = |file: &str| {
            let from = configs[file].split_once("--manifest-path ").expect("a manifest").1;
            from.split_once(' ').expect("more words").0.to_string()
        };
        assert_eq!(way(".cargo/config.toml"), "../Cargo.toml");
        assert_eq!(way("server/.cargo/config.toml"), "../../Cargo.toml");
        assert_eq!(way("server/templates/.cargo/config.toml"), "../../../Cargo.toml");
        assert_eq!(configs.len(), 3);
    }
}
