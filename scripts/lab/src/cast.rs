//! Who takes part in a version: the programs that its `Cargo.toml` lists, in its order.

use std::fs;
use std::path::Path;

use crate::error::Error;
use toml::de::DeTable;

/// One program of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of its binary: `v03-server`.
    pub binary: String,
    /// What it plays: `server`, `client`, or what a later version adds. Its sources are in a folder of that name.
    pub name: String,
}

impl Part {
    /// What a person calls it.
    pub fn who(&self) -> &str {
        match self.name.as_str() {
            "server" => "authorization server",
            name => name,
        }
    }

    /// The setting that moves it to another port.
    pub fn port_setting(&self) -> String {
        match self.name.as_str() {
            "server" => "AUTH_SERVER_PORT".into(),
            "client" => "CLIENT_APP_PORT".into(),
            name => format!("{}_PORT", name.to_uppercase()),
        }
    }
}

/// The cast of the package in `folder`.
///
/// # Errors
/// Its `Cargo.toml` cannot be read, or lists no server and client.
pub fn of_package(folder: &Path) -> Result<Vec<Part>, Error> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
    let parts = parts(&text);
    let plays = |name: &str| parts.iter().any(|part| part.name == name);
    match plays("server") && plays("client") {
        true => Ok(parts),
        false => Err(Error::Content {
            place: path.display().to_string(),
            what: "[[bin]] must list a program …-server and a program …-client.".into(),
        }),
    }
}

fn parts(manifest: &str) -> Vec<Part> {
    let Ok(document) = DeTable::parse(manifest) else {
        return Vec::new();
    };
    let bins = document.get_ref().get("bin").and_then(|bins| bins.get_ref().as_array());
    let names = bins.into_iter().flatten().filter_map(|bin| {
        let name = bin.get_ref().as_table()?.get("name")?;
        name.get_ref().as_str().map(str::to_string)
    });
    names
        .filter_map(|binary| {
            let name = binary.rsplit_once('-')?.1.to_string();
            Some(Part { binary, name })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cast_is_what_the_manifest_lists() {
        let bin = |name: &str| format!("[[bin]]\nname = \"{name}\"\n");
        let manifest = [
            bin("v10-server"),
            bin("v10-client"),
            bin("v10-api"),
        ]
        .concat();
        let found = parts(&manifest);
        let names: Vec<&str> = found.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["server", "client", "api"]);
        assert_eq!(found[2].port_setting(), "API_PORT");
        assert_eq!((found[0].who(), found[2].who()), ("authorization server", "api"));
    }
}
