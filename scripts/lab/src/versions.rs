//! The versions of the ladder: where they lie and how a person names them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cast::Part;
use crate::declaration::Declaration;
use crate::error::Error;
use crate::{cast, suggest};

/// The file in each version's folder that says what the version is.
pub const DECLARATION_FILE: &str = "rung.toml";

/// One version: a folder with a server, a client and what they declare to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its package name, as in `v03`.
    pub name: String,
    /// Its folder below `versions/`, as in `v03-pkce`.
    pub folder: String,
    /// Where that folder is.
    pub path: PathBuf,
}

impl Version {
    /// Reads what the version declares about itself, from its `rung.toml`.
    ///
    /// # Errors
    /// The file is missing, or does not say what it must.
    pub fn declaration(&self) -> Result<Declaration, Error> {
        let path = self.path.join(DECLARATION_FILE);
        let text = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
        let place = format!("versions/{}/{DECLARATION_FILE}", self.folder);
        // A sentence over several lines is the same, however git has checked the file out.
        Declaration::parse(&place, &text.replace("\r\n", "\n"))
    }

    /// Its programs.
    ///
    /// # Errors
    /// Its `Cargo.toml` cannot be read, or lists no server and client.
    pub fn cast(&self) -> Result<Vec<Part>, Error> {
        cast::of_package(&self.path)
    }
}

/// All versions of one workspace, in order.
#[derive(Clone, Debug)]
pub struct Versions {
    /// The workspace root.
    pub root: PathBuf,
    /// The versions, first to last.
    pub all: Vec<Version>,
}

impl Versions {
    /// The versions of the workspace that the current folder belongs to.
    ///
    /// # Errors
    /// The current folder is not inside the workspace, or holds no version.
    pub fn here() -> Result<Versions, Error> {
        let here = std::env::current_dir()
            .map_err(|error| Error::file("find", Path::new("the current folder"), error))?;
        // `cargo run` names lab's own folder: it helps when lab is called from elsewhere by its manifest.
        let lab = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = find_root(&here).or_else(|| lab.as_deref().and_then(find_root)).ok_or_else(|| {
            Error::request(
                "This folder is not inside the oauth-lab workspace.\nGo to the folder that holds `versions/` and try again.",
            )
        })?;
        Versions::at(&root)
    }

    /// The versions below `root`.
    ///
    /// # Errors
    /// `root/versions` cannot be read, or holds no version.
    pub fn at(root: &Path) -> Result<Versions, Error> {
        let folder = root.join("versions");
        let entries = fs::read_dir(&folder).map_err(|error| Error::file("read", &folder, error))?;
        let mut all: Vec<Version> =
            entries.flatten().filter_map(|entry| version(&entry.path())).collect();
        all.sort_by(|a, b| a.folder.cmp(&b.folder));
        if all.is_empty() {
            return Err(Error::request(format!("There is no version in {}.", folder.display())));
        }
        Ok(Versions {
            root: root.to_path_buf(),
            all,
        })
    }

    /// The version that `typed` stands for: `v3`, `03`, `v03`, `v03-pkce` and `pkce` all mean `v03-pkce`.
    ///
    /// # Errors
    /// No version has that name; the error lists those that exist.
    pub fn find(&self, typed: &str) -> Result<&Version, Error> {
        let wanted = typed.trim().trim_end_matches(['/', '\\']).to_lowercase();
        let number = number_in(&wanted);
        let by_slug = |version: &&Version| {
            wanted.len() > 2
                && version.folder.split_once('-').is_some_and(|(_, slug)| slug.starts_with(&wanted))
        };
        self.all
            .iter()
            .find(|version| number.is_some() && number == number_in(&version.name))
            .or_else(|| self.all.iter().find(by_slug))
            .ok_or_else(|| {
                let known: Vec<&str> =
                    self.all.iter().map(|version| version.folder.as_str()).collect();
                Error::request(suggest::unknown("version", typed, &known))
            })
    }

    /// The first version that brings `capability`. One whose declaration cannot be read brings nothing.
    pub fn first_with(&self, capability: &str) -> Option<&Version> {
        let brings = |version: &&Version| {
            let declaration = version.declaration();
            declaration.is_ok_and(|here| here.brings.iter().any(|name| name == capability))
        };
        self.all.iter().find(brings)
    }

    /// Whether `version` or one before it brings `capability`.
    pub fn has(&self, version: &Version, capability: &str) -> bool {
        self.first_with(capability).is_some_and(|first| first.folder <= version.folder)
    }

    /// The version before this one, if there is one.
    pub fn before(&self, version: &Version) -> Option<&Version> {
        let index = self.all.iter().position(|other| other == version)?;
        self.all.get(index.checked_sub(1)?)
    }

    /// The version after this one, if there is one.
    pub fn after(&self, version: &Version) -> Option<&Version> {
        let index = self.all.iter().position(|other| other == version)?;
        self.all.get(index + 1)
    }

    /// The versions after `older`, up to and with `newer`: the steps from one to the other. Backwards: `newer` alone.
    pub fn between<'a>(&'a self, older: &Version, newer: &'a Version) -> Vec<&'a Version> {
        let inside =
            |version: &&Version| version.folder > older.folder && version.folder <= newer.folder;
        let steps: Vec<&Version> = self.all.iter().filter(inside).collect();
        if steps.is_empty() { vec![newer] } else { steps }
    }

    /// Each version with its successor.
    pub fn neighbours(&self) -> impl Iterator<Item = (&Version, &Version)> {
        self.all.windows(2).map(|pair| (&pair[0], &pair[1]))
    }
}

/// The number of a version name: 3 for `v3`, `03`, `v03` and `v03-pkce`.
fn number_in(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v').unwrap_or(name);
    digits.split('-').next()?.parse().ok()
}

/// The version that lies in `path`, if its folder is named like one (`v03-pkce`).
fn version(path: &Path) -> Option<Version> {
    let folder = path.file_name()?.to_str()?;
    let (name, _) = folder.split_once('-')?;
    let digits = name.strip_prefix('v')?;
    let is_version =
        digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) && path.is_dir();
    is_version.then(|| Version {
        name: name.into(),
        folder: folder.into(),
        path: path.into(),
    })
}

/// The nearest folder at or above `from` that is the workspace root.
fn find_root(from: &Path) -> Option<PathBuf> {
    let is_root = |folder: &&Path| {
        folder.join("versions").is_dir() && folder.join("scripts/lab/Cargo.toml").is_file()
    };
    from.ancestors().find(is_root).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder() -> Versions {
        let all = [
            "v01-login-and-code",
            "v02-state",
            "v03-pkce",
        ]
        .map(|folder| Version {
            name: folder[..3].into(),
            folder: folder.into(),
            path: folder.into(),
        });
        Versions {
            root: PathBuf::new(),
            all: all.to_vec(),
        }
    }

    #[test]
    fn every_way_to_write_a_version_finds_it() {
        for typed in [
            "v3",
            "3",
            "03",
            "v03",
            "V03",
            "v03-pkce",
            "v03-pkce/",
            "pkce",
            "v03-anything",
        ] {
            assert_eq!(ladder().find(typed).expect(typed).folder, "v03-pkce", "{typed}");
        }
    }

    #[test]
    fn an_unknown_version_lists_the_known_ones() {
        for typed in ["v09", "", "-", "v", "nonsense", "v0x3"] {
            let message = ladder().find(typed).expect_err(typed).to_string();
            assert!(
                message.contains("Known: v01-login-and-code, v02-state, v03-pkce."),
                "{message}"
            );
        }
    }

    #[test]
    fn a_version_has_what_one_before_it_brings() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let versions = Versions::at(&root).expect("the ladder of this repository");
        let first = versions.first_with("refresh").expect("one brings it");
        assert!(versions.has(first, "refresh"));
        assert!(versions.has(versions.all.last().expect("one"), "refresh"));
        assert!(!versions.has(versions.before(first).expect("one"), "refresh"));
        assert_eq!(versions.first_with("nothing-of-that-name"), None);
    }

    #[test]
    fn neighbours_come_in_order() {
        let ladder = ladder();
        let pairs: Vec<_> =
            ladder.neighbours().map(|(a, b)| (a.name.as_str(), b.name.as_str())).collect();
        assert_eq!(pairs, [("v01", "v02"), ("v02", "v03")]);
        assert!(ladder.before(&ladder.all[0]).is_none());
        assert_eq!(ladder.before(&ladder.all[2]), Some(&ladder.all[1]));
    }
}
