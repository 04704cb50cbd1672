//! The settings of a pair, as its processes will see them: read and judged by the same code.

use std::path::Path;

use crate::cast::Part;
use crate::error::Error;
use ::settings::{Given, Settings, ports, table};

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

/// The port of a part: of server and client as they were judged, of any other by the setting of its name.
///
/// # Errors
/// The table of settings has no such name, or its value is no port.
pub fn port_of(root: &Path, settings: &Settings, part: &Part) -> Result<u16, Error> {
    match part.name.as_str() {
        "server" => return Ok(settings.auth_server_port),
        "client" => return Ok(settings.client_app_port),
        _ => {}
    }
    let name = part.port_setting();
    let setting = table::find(&name).ok_or_else(|| Error::Content {
        place: "shared/settings/src/table.rs".into(),
        what: format!("{} needs a setting {name}.", part.binary),
    })?;
    let given = Given::read(root);
    let text = given.get(&name).and_then(|(value, _)| value).unwrap_or(setting.default);
    ports::parse(text).map_err(|why| Error::request(format!("{name}: {text} {why}")))
}
