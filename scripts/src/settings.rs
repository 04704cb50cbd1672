//! The settings of a pair, as its processes will see them: read and judged by the same code.

use std::path::Path;

use ::settings::Given;
use ::settings::Settings;

use crate::error::Error;

/// The settings with which a pair of the workspace `root` would start, with `changed` on top of the environment.
///
/// # Errors
/// A setting is refused, so that the pair would not start. The message says all that is refused.
pub fn in_force(root: &Path, changed: &[(String, String)]) -> Result<Settings, Error> {
    let given =
        changed.iter().fold(Given::read(root), |given, (name, value)| given.with(name, value));
    given.settings().map_err(|refusals| {
        let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        Error::request(told.join("\n"))
    })
}
