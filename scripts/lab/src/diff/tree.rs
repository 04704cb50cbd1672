//! The files of one version, or of anybody's own folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::versions::Version;
use toml::de::DeTable;

/// What stands in the place of a version's own name when two versions are compared.
const ANY_VERSION: &str = "vNN";

/// A folder's files as text, by their path with `/` between its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// How the folder is called in a diff, as in `v03-pkce`.
    pub label: String,
    /// The names that stand for the folder itself in its files and do not count as differences, longest first.
    pub names: Vec<String>,
    /// The files.
    pub files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files of a version.
    ///
    /// # Errors
    /// A file or folder cannot be read.
    pub fn of_version(version: &Version) -> Result<Tree, Error> {
        let names = vec![
            version.folder.clone(),
            version.name.clone(),
        ];
        Ok(Tree {
            label: version.folder.clone(),
            names,
            files: read(&version.path)?,
        })
    }

    /// Reads the files of a folder that is no version of ours. If it is a package, its name does not count.
    ///
    /// # Errors
    /// The folder is not there, or a file cannot be read.
    pub fn of_folder(path: &Path) -> Result<Tree, Error> {
        let files = read(path)?;
        let names = files
            .get("Cargo.toml")
            .and_then(|manifest| package_name(manifest))
            .into_iter()
            .collect();
        Ok(Tree {
            label: path.display().to_string(),
            names,
            files,
        })
    }

    /// `line` with the folder's own names replaced, for comparing it with another folder's line.
    pub fn neutral(&self, line: &str) -> String {
        self.renamed(line, &[ANY_VERSION, ANY_VERSION])
    }

    /// `text` with each of the folder's own names replaced by the one at the same place in `names`.
    pub fn renamed(&self, text: &str, names: &[&str]) -> String {
        let pairs = self.names.iter().zip(names);
        pairs.fold(text.to_string(), |text, (name, with)| replace_word(&text, name, with))
    }
}

/// The name of the package that `manifest` describes.
fn package_name(manifest: &str) -> Option<String> {
    let document = DeTable::parse(manifest).ok()?;
    let name = document.get_ref().get("package")?.get_ref().get("name")?.get_ref().as_str()?;
    Some(name.to_string())
}

/// Replaces `name` in `line` by `with` where it is not a part of a longer word.
fn replace_word(line: &str, name: &str, with: &str) -> String {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut replaced = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(name) {
        let (before, behind) = (&rest[..at], &rest[at + name.len()..]);
        let whole = !before.ends_with(part_of_word) && !behind.starts_with(part_of_word);
        replaced.push_str(before);
        replaced.push_str(if whole { with } else { name });
        rest = behind;
    }
    replaced + rest
}

/// Reads all text files below `root`. Build output, hidden files and backups are no part of a version.
fn read(root: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.into()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Error::file("read", &folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| Error::file("read", &folder, error))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ignored = name.starts_with('.')
                || name.ends_with('~')
                || name == "target"
                || name == "Cargo.lock";
            if ignored {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).map_err(|error| Error::file("read", &path, error))?;
                // git on Windows may check files out with CRLF: that is no difference either.
                let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                files.insert(relative(root, &path), text);
            }
        }
    }
    Ok(files)
}

/// `path` below `root`, with `/` between its parts on every system.
fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_does_not_differ_by_its_own_name() {
        let names = vec![
            "v03-pkce".to_string(),
            "v03".to_string(),
        ];
        let tree = Tree {
            names,
            ..Tree::default()
        };
        assert_eq!(
            tree.neutral("cargo run --bin v03-server # v03-pkce"),
            "cargo run --bin vNN-server # vNN"
        );
        assert_eq!(tree.neutral("v02 xv03 v03x v03_x v03"), "v02 xv03 v03x v03_x vNN");
    }

    #[test]
    fn the_name_of_a_package_is_read_from_its_manifest() {
        assert_eq!(package_name("[package]\nname = \"workbench\"\n"), Some("workbench".into()));
        assert_eq!(package_name("nonsense"), None);
    }
}
