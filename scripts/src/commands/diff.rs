//! `cargo lab diff`: the one idea between two versions.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::diff::html;
use crate::diff::kind::Kind;
use crate::diff::step::Step;
use crate::diff::terminal;
use crate::diff::tree::Tree;
use crate::error::Error;
use crate::error::Outcome;
use crate::kept_diffs;
use crate::term;
use crate::versions::Versions;

/// How `cargo lab diff` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab diff v02 v03              the step, in the order in which its story goes
  cargo lab diff v03                  the same: v03 against the version before it
  cargo lab diff v02 v03 --code       without tests and texts
  cargo lab diff v02 v03 --html step.html
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
    /// Write a page with both sides to FILE
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Compare a folder of yours with one version
    #[arg(long, value_name = "PATH")]
    pub mine: Option<PathBuf>,
    /// Write docs/diffs/vNN-vMM.diff for every pair of neighbours
    #[arg(long, conflicts_with_all = ["versions", "mine", "html", "stat", "code"])]
    pub write: bool,
    /// Say whether docs/diffs is up to date
    #[arg(long, conflicts_with_all = ["versions", "mine", "html", "stat", "code", "write"])]
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
    let (old, new, idea, order) = sides(args, &versions)?;
    let mine = args.mine.is_some();
    let step = Step::between(&old, &new, &order, |kind| wanted(kind, args.code, mine));
    match &args.html {
        Some(file) => {
            fs::write(file, html::render(&step, &idea))
                .map_err(|error| Error::file("write", file, error))?;
            term::line(&format!("Wrote {}. Open it in a browser.", file.display()));
        }
        None if args.stat => term::print(&terminal::render_stat(&step, &idea)),
        None => term::print(&terminal::render(&step, &idea)),
    }
    Ok(ExitCode::SUCCESS)
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

/// The two sides, the idea that stands above and the reading order.
fn sides(args: &DiffArgs, versions: &Versions) -> Result<(Tree, Tree, String, Vec<String>), Error> {
    let found: Vec<_> =
        args.versions.iter().map(|name| versions.find(name)).collect::<Result<_, _>>()?;
    let (old, newer) = match (&args.mine, found.as_slice()) {
        (Some(path), [version]) => (Tree::of_folder(path)?, *version),
        (Some(_), _) => {
            return Err(Error::request(
                "Name the one version to compare with: cargo lab diff --mine PATH v03",
            ));
        }
        (None, [older, newer]) => (Tree::of_version(older)?, *newer),
        (None, [newer]) => match versions.before(newer) {
            Some(older) => (Tree::of_version(older)?, *newer),
            None => {
                return Err(Error::request(format!("There is no version before {}.", newer.name)));
            }
        },
        (None, _) => return Err(Error::request("Name two versions: cargo lab diff v02 v03")),
    };
    // A diff is worth showing even when the declaration has a mistake; `ladder` says what it is.
    let declaration = newer.declaration().unwrap_or_default();
    let between = match found.as_slice() {
        [older, newer] => versions.between(older, newer),
        _ => vec![newer],
    };
    let ideas: Vec<String> =
        between.iter().filter_map(|version| Some(version.declaration().ok()?.idea)).collect();
    Ok((old, Tree::of_version(newer)?, ideas.join("\n"), declaration.reading_order))
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
