//! `cargo lab pack`: the offline kit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::pack::{NAME, archive, files, pages, vendor};
use clap::Args;
use lab::error::{Error, Outcome};
use lab::term;
use lab::versions::Versions;

/// How `cargo lab pack` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab pack
  cargo lab pack --output /media/stick/oauth-lab.tar.gz")]
pub struct PackArgs {
    /// Where the archive goes; without it, into target/
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Makes one archive that builds and runs on a laptop with Rust and without network.
///
/// # Errors
/// A crate cannot be collected, a file cannot be read or written, or there is no `tar`.
pub fn run(args: &PackArgs) -> Outcome {
    let versions = Versions::here()?;
    let target = versions.root.join("target");
    let output = args.output.clone().unwrap_or_else(|| target.join(format!("{NAME}.tar.gz")));
    let kit = target.join(NAME);
    if kit.exists() {
        fs::remove_dir_all(&kit).map_err(|error| Error::file("remove", &kit, error))?;
    }
    files::copy_project(&versions.root, &kit)?;
    term::line("Collecting the crates …");
    vendor::vendor(&versions.root, &kit)?;
    pages::write(&versions, &kit)?;
    write_welcome(&kit)?;
    term::line("Packing …");
    archive::pack(&target, NAME, &output)?;
    let packed = fs::metadata(&output).map_err(|error| Error::file("read", &output, error))?.len();
    let unpacked = files::size(&kit);
    fs::remove_dir_all(&kit).map_err(|error| Error::file("remove", &kit, error))?;
    let archive = output.file_name().unwrap_or_default().display();
    let shown = output.strip_prefix(&versions.root).unwrap_or(&output).display();
    term::print(&format!(
        "{} {shown}: {} MB packed, {} MB unpacked; a first build needs about 600 MB more.\n\n\
         On the other laptop (with Rust, without network):\n  {}\n  {}\n  {}\n\
         The documents are in {}/index.html there.\n",
        term::bold("Wrote"),
        megabytes(packed),
        megabytes(unpacked),
        term::command(&format!("tar -xzf {archive}")),
        term::command(&format!("cd {NAME}")),
        term::command("cargo lab run v01"),
        pages::FOLDER,
    ));
    Ok(ExitCode::SUCCESS)
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

/// The first file that a person opens.
fn write_welcome(kit: &Path) -> Result<(), Error> {
    let path = kit.join("START-HERE.txt");
    let text = "oauth-lab, complete: the project, every crate that it needs, and the documents as HTML.\n\
                Rust must be installed (https://rustup.rs); nothing else is fetched.\n\n  \
                cargo lab run v01        then open http://localhost:5001\n  \
                html/index.html          the documents, in a browser\n";
    fs::write(&path, text).map_err(|error| Error::file("write", &path, error))
}
