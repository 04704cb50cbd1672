//! The source of every crate, and the setting that makes cargo use it.

use std::fs;
use std::path::Path;

use lab::error::Error;
use lab::process::cargo;

/// What is added to `.cargo/config.toml` of the kit.
const CONFIG: &str = "
# Written by `cargo lab pack`: the crates come from the folder `vendor`, and nothing from the network.
[source.crates-io]
replace-with = \"vendor\"

[source.vendor]
directory = \"vendor\"

[net]
offline = true
";

/// Fills `kit/vendor` with the crates that the lock file of `root` names.
///
/// # Errors
/// cargo cannot get a crate, or a file cannot be written.
pub fn vendor(root: &Path, kit: &Path) -> Result<(), Error> {
    let mut command = cargo::command();
    command.current_dir(root).args(["vendor", "--locked"]).arg(kit.join("vendor"));
    // cargo names every crate and explains how to use the folder, which is written below: only a failure is shown.
    let output = command.output();
    let output = output.map_err(|error| Error::Program(format!("Cannot run cargo: {error}.")))?;
    if !output.status.success() {
        return Err(Error::Program(format!(
            "cargo could not collect the crates (making the kit needs the network once):\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        )));
    }
    let path = kit.join(".cargo").join("config.toml");
    let config = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
    fs::write(&path, config + CONFIG).map_err(|error| Error::file("write", &path, error))
}
