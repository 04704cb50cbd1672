//! `cargo lab diff`: the one idea between two versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::declaration::Part;
use crate::diff::kind::Kind;
use crate::diff::step::Step;
use crate::diff::terminal::View;
use crate::diff::tree::Tree;
use crate::diff::{html, terminal};
use crate::error::{Error, Outcome};
use crate::versions::Versions;
use crate::{kept_diffs, term};
use clap::Args;

/// How `cargo lab diff` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab diff v02 v03              the step, in the order in which its story goes
  cargo lab diff v03                  the same: v03 against the version before it
  cargo lab diff v02 v03 --code       without tests and texts
  cargo lab diff v02 v03 --all        with every `use` line
  cargo lab diff v02 v03 --html       a page with both sides, to be read in a browser
  cargo lab diff --mine my/server v03 your own code against a version
  cargo lab diff --write              refresh docs/diffs for all neighbours")]
pub struct DiffArgs {
    /// The older version, then the newer one
    #[arg(value_name = "VERSION", num_args = 0..=2)]
    pub versions: Vec<String>,
    /// Only the numbers
    #[arg(long)]
    pub stat: bool,
    /// Without tests and texts
    #[arg(long)]
    pub code: bool,
    /// Show `use` lines, too
    #[arg(long)]
    pub all: bool,
    /// Write a page with both sides to FILE, or into the target folder
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub html: Option<Option<PathBuf>>,
    /// Compare a folder of yours with one version
    #[arg(long, value_name = "PATH")]
    pub mine: Option<PathBuf>,
    /// Write docs/diffs/vNN-vMM.diff for every pair of neighbours
    #[arg(long, conflicts_with_all = ["versions", "mine", "html", "stat", "code", "all"])]
    pub write: bool,
    /// Say whether docs/diffs is up to date
    #[arg(long, conflicts_with_all = ["versions", "mine", "html", "stat", "code", "all", "write"])]
    pub check: bool,
}

/// Shows, writes or checks diffs.
///
/// # Errors
/// A version is unknown, or a file cannot be read or written.
pub fn run(args: &DiffArgs) -> Outcome {
    let versions = Versions::here()?;
    if args.write {
        return write(&versions);
    }
    if args.check {
        return check(&versions);
    }
    let sides = sides(args, &versions)?;
    let mine = args.mine.is_some();
    let wanted = |kind| wanted(kind, args.code, mine);
    let step = Step::between(&sides.old, &sides.new, &sides.parts, wanted);
    match &args.html {
        Some(file) => {
            let file = page_file(file.as_deref(), &versions, &sides)?;
            fs::write(&file, html::render(&step, &sides.idea))
                .map_err(|error| Error::file("write", &file, error))?;
            term::line(&format!("Wrote {}\nOpen it in a browser.", file.display()));
        }
        None if args.stat => term::print(&terminal::render_stat(&step, &sides.idea)),
        None => {
            let view = View {
                all: args.all,
                width: term::width(),
            };
            term::print(&terminal::render(&step, &sides.idea, view));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the page goes: to the file that was named, or to one in the target folder.
fn page_file(named: Option<&Path>, versions: &Versions, sides: &Between) -> Result<PathBuf, Error> {
    match named {
        // `--html v02 v03` takes the version for the file.
        Some(file) if file.extension().is_none() => Err(Error::request(format!(
            "`{}` is no name for a page. Put --html last, or name a file: --html step.html",
            file.display()
        ))),
        Some(file) => Ok(file.to_path_buf()),
        None => {
            let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
            let folder = versions.root.join(target).join("diffs");
            fs::create_dir_all(&folder).map_err(|error| Error::file("create", &folder, error))?;
            Ok(folder.join(format!("{}.html", sides.name)))
        }
    }
}

/// Which files are compared. Somebody's own folder has its own manifest and texts.
fn wanted(kind: Kind, code_only: bool, mine: bool) -> bool {
    match kind {
        Kind::Code | Kind::Templates => true,
        Kind::Tests => !code_only && !mine,
        Kind::Text => !code_only && !mine,
        Kind::Manifest => !mine,
        Kind::Declaration => false,
    }
}

/// What is compared, and how it is told.
struct Between {
    /// What a file about it is called, as in `v02-v03`.
    name: String,
    old: Tree,
    new: Tree,
    /// What stands above: a line for each idea between the two.
    idea: String,
    parts: Vec<Part>,
}

fn sides(args: &DiffArgs, versions: &Versions) -> Result<Between, Error> {
    let found: Vec<_> =
        args.versions.iter().map(|name| versions.find(name)).collect::<Result<_, _>>()?;
    let (older, newer) = match (&args.mine, found.as_slice()) {
        (Some(_), [version]) => (None, *version),
        (Some(_), _) => {
            return Err(Error::request(
                "Name the one version to compare with: cargo lab diff --mine PATH v03",
            ));
        }
        (None, [older, newer]) => (Some(*older), *newer),
        (None, [newer]) => match versions.before(newer) {
            Some(older) => (Some(older), *newer),
            None => {
                return Err(Error::request(format!(
                    "There is no version before {0}. What comes after it: cargo lab diff {0} {1}",
                    newer.name,
                    versions.after(newer).map_or("", |after| &after.name)
                )));
            }
        },
        (None, _) => return Err(Error::request("Name two versions: cargo lab diff v02 v03")),
    };
    let old = match (&args.mine, older) {
        (Some(path), _) => Tree::of_folder(path)?,
        (None, older) => Tree::of_version(older.unwrap_or(newer))?,
    };
    let backwards = older.is_some_and(|older| older.folder > newer.folder);
    let steps = match older {
        Some(older) if backwards => versions.between(newer, older),
        Some(older) => versions.between(older, newer),
        None => vec![newer],
    };
    // A diff is worth showing even when a declaration has a mistake; `ladder` says what it is.
    let told: Vec<_> = steps.iter().filter_map(|version| version.declaration().ok()).collect();
    let name = older.map_or("mine", |older| &older.name);
    let idea = match backwards {
        true => format!(
            "This runs backwards: what {name} has added shows as removed.\nForwards: cargo lab diff {} {name}",
            newer.name
        ),
        false => told.iter().map(|told| told.idea.as_str()).collect::<Vec<_>>().join("\n"),
    };
    Ok(Between {
        name: format!("{name}-{}", newer.name),
        old,
        new: Tree::of_version(newer)?,
        idea,
        parts: told.into_iter().flat_map(|told| told.parts).collect(),
    })
}

fn write(versions: &Versions) -> Outcome {
    let written = kept_diffs::write(versions)?;
    for file in &written {
        term::line(&format!("wrote {file}"));
    }
    if written.is_empty() {
        term::line("docs/diffs is up to date.");
    }
    Ok(ExitCode::SUCCESS)
}

fn check(versions: &Versions) -> Outcome {
    let stale = kept_diffs::stale(versions)?;
    if stale.is_empty() {
        term::line("docs/diffs is up to date.");
        return Ok(ExitCode::SUCCESS);
    }
    for reason in &stale {
        term::line(&reason.to_string());
    }
    Ok(ExitCode::FAILURE)
}
