//! Which versions there are: the folders that stand in `versions/`.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The folders by number: 3 is `v03-pkce`.
static FOLDERS: LazyLock<BTreeMap<u8, String>> = LazyLock::new(|| {
    let entries = fs::read_dir(workspace().join("versions")).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some((number(name.split_once('-')?.0)?, name))).collect()
});

/// The root of the workspace that this program was built from.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// 3 of `v03`.
pub fn number(version: &str) -> Option<u8> {
    version.strip_prefix('v')?.parse().ok()
}

/// The folder of a version: `v03-pkce` for 3. Empty if there is none.
pub fn folder(version: u8) -> &'static str {
    FOLDERS.get(&version).map_or("", String::as_str)
}

/// All versions, from the first to the newest.
pub fn versions() -> RangeInclusive<u8> {
    1..=newest()
}

/// The newest version.
pub fn newest() -> u8 {
    FOLDERS.keys().next_back().copied().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_up_to_the_newest_has_a_folder() {
        assert!(newest() >= 6);
        for version in versions() {
            assert!(folder(version).starts_with(&format!("v{version:02}-")), "{version}");
        }
        assert_eq!((folder(0), folder(newest() + 1)), ("", ""));
    }
}
