//! What a fresh workbench consists of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::workbench::manifest;
use lab::declaration::Declaration;
use lab::diff::kind::Kind;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::{Version, Versions};
use lab::workbench::bench;

/// The files of a workbench for `goal`, by their path: the version before it, under the workbench's name.
///
/// # Errors
/// A file cannot be read, or `goal` is the first version.
pub fn fresh(versions: &Versions, goal: &Version) -> Result<BTreeMap<String, String>, Error> {
    let start = start_of(versions, goal)?;
    let names = [bench::NAME, bench::NAME];
    let (before, after) = (Tree::of_version(start)?, Tree::of_version(goal)?);
    let mut files = BTreeMap::new();
    let copied = |kind| matches!(kind, Kind::Code | Kind::Templates);
    for (path, text) in before.files.iter().filter(|(path, _)| copied(Kind::of(path))) {
        files.insert(path.clone(), before.renamed(text, &names));
    }
    // The goal's dependencies: which crates a step needs is not what one learns here.
    let package =
        after.files.get("Cargo.toml").map(|text| after.renamed(text, &names)).unwrap_or_default();
    let package = manifest::with_bins_of(&package, |path| files.contains_key(path));
    let root = |name: &str| {
        let path = versions.root.join(name);
        fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))
    };
    let workspace = root("Cargo.toml")?;
    files.insert("Cargo.toml".into(), manifest::cargo_toml(&package, &workspace));
    files.insert(format!("{}/Cargo.toml", manifest::FEATURES), manifest::same_features(&workspace));
    files.insert(format!("{}/lib.rs", manifest::FEATURES), "//! Nothing.\n".into());
    files.insert("Cargo.lock".into(), root("Cargo.lock")?);
    // Tests of what no check from outside can see.
    let given = after.files.iter().filter(|(path, _)| path.starts_with("tests/"));
    files.extend(given.map(|(path, text)| (path.clone(), after.renamed(text, &names))));
    files.insert("tests/checks.rs".into(), manifest::test_file(&goal.name));
    files.insert("TASK.md".into(), task(start, goal, &goal.declaration()?));
    let folders: BTreeSet<&str> =
        files.keys().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    let configs = manifest::cargo_configs(&versions.root, folders);
    files.extend(configs);
    Ok(files)
}

/// The version in which the work on `goal` starts.
///
/// # Errors
/// `goal` is the first version.
pub fn start_of<'a>(versions: &'a Versions, goal: &Version) -> Result<&'a Version, Error> {
    versions.before(goal).ok_or_else(|| {
        let first = versions.all.get(1).map_or("v02", |version| &version.name);
        Error::request(format!(
            "{} is the first version: there is nothing to start from. Try: cargo lab start {first}",
            goal.name
        ))
    })
}

/// The page that says what to build.
fn task(start: &Version, goal: &Version, declaration: &Declaration) -> String {
    let list =
        |items: &[String]| items.iter().map(|item| format!("- {item}\n")).collect::<String>();
    let cures = match declaration.cures.as_slice() {
        [] => String::new(),
        cures => format!("When it works, these attacks fail: {}.\n\n", cures.join(", ")),
    };
    format!(
        "# {goal}: {idea}\n\n\
         This folder holds {start}, and it runs. Make it {goal}.\n\n\
         ## What to build\n\n{adds}\n{cures}\
         ## Which rules it must obey\n\n\
         ```sh\ncargo lab check\n```\n\n\
         lists them and shows which ones your pair obeys already. The rules of {start} must stay green. With `--watch` it runs again \
         whenever you save a file.\n\n\
         ## How to run it\n\n\
         ```sh\ncargo lab run workbench\n```\n\n\
         Or in two terminals, in this folder: `cargo run --bin {name}-server` and `cargo run --bin {name}-client`.\n\n\
         ## When you are stuck\n\n\
         - `cargo lab hint` opens one hint at a time.\n\
         - `cargo lab solution` shows what still differs between your code and {goal}. Yours may differ and be right.\n\
         - `cargo lab reset` starts over. It asks first, and keeps your work in a folder beside this one.\n",
        goal = goal.folder,
        start = start.folder,
        idea = declaration.idea,
        adds = list(&declaration.adds),
        name = bench::NAME,
    )
}
