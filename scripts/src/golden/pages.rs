//! READMEs say what the declarations say.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::golden::Problem;
use crate::versions::Versions;

/// Where the table of the ladder begins and ends in a page.
const BEGIN: &str = "<!-- ladder: written by `cargo lab ladder --write` -->";
const END: &str = "<!-- /ladder -->";

/// Pages that do not say what the declarations say.
///
/// # Errors
/// A page is there but cannot be read, or a declaration is none.
pub fn problems(versions: &Versions) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for version in &versions.all {
        let place = format!("versions/{}/README.md", version.folder);
        let page = read(&version.path.join("README.md"))?;
        let idea = version.declaration()?.idea;
        if page.is_none_or(|page| !flat(&page).contains(&flat(&idea))) {
            let what = "does not say the idea of its version as rung.toml does.";
            problems.push(Problem::new(
                place,
                what,
                format!("Put this sentence there, or change both: {idea}"),
            ));
        }
    }
    let table = table(versions)?;
    match read(&versions.root.join("README.md"))? {
        Some(page) if between_marks(&page).is_some_and(|written| written.trim() == table.trim()) => {}
        Some(page) if between_marks(&page).is_some() => problems.push(Problem::new(
            "README.md",
            "the table of the ladder is not what the declarations say.",
            "cargo lab ladder --write",
        )),
        _ => problems.push(Problem::new(
            "README.md",
            "has no table of the ladder.",
            format!("Put these two lines where it belongs, then `cargo lab ladder --write`:\n    {BEGIN}\n    {END}"),
        )),
    }
    Ok(problems)
}

/// Writes the table into the README at the workspace root, between its marks. True if that changed it.
///
/// # Errors
/// The README or a declaration cannot be read, the README has no marks, or it cannot be written.
pub fn write(versions: &Versions) -> Result<bool, Error> {
    let path = versions.root.join("README.md");
    let kept = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
    let page = kept.replace("\r\n", "\n");
    let Some(old) = between_marks(&page) else {
        return Err(Error::Content {
            place: "README.md".into(),
            what: format!(
                "has no place for the table of the ladder. Put these two lines there:\n    {BEGIN}\n    {END}"
            ),
        });
    };
    let new =
        page.replace(&format!("{BEGIN}{old}{END}"), &format!("{BEGIN}\n{}{END}", table(versions)?));
    if new == page {
        return Ok(false);
    }
    // The line ends stay as git has checked them out.
    let new = if kept.contains("\r\n") {
        new.replace('\n', "\r\n")
    } else {
        new
    };
    fs::write(&path, new).map_err(|error| Error::file("write", &path, error))?;
    Ok(true)
}

/// The ladder as a Markdown table.
///
/// # Errors
/// A declaration cannot be read.
pub fn table(versions: &Versions) -> Result<String, Error> {
    let mut table =
        String::from("\n| Version | Idea | Cures | Still broken |\n|---|---|---|---|\n");
    for version in &versions.all {
        let declaration = version.declaration()?;
        let cures: Vec<String> =
            declaration.cures.iter().map(|attack| format!("`{attack}`")).collect();
        table.push_str(&format!(
            "| [{name}](versions/{folder}/) | {idea} | {cures} | {broken} |\n",
            name = version.name,
            folder = version.folder,
            idea = cell(&declaration.idea),
            cures = if cures.is_empty() {
                "–".into()
            } else {
                cures.join(", ")
            },
            broken = cell(&declaration.broken.join(" ")),
        ));
    }
    table.push('\n');
    Ok(table)
}

fn cell(text: &str) -> String {
    flat(text).replace('|', "\\|")
}

/// `text` with every run of blanks as one: pages are wrapped as they like.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn between_marks(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once(BEGIN)?;
    rest.split_once(END).map(|(inside, _)| inside)
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_its_marks() {
        let page = format!("# x\n{BEGIN}\nold\n{END}\nrest");
        assert_eq!(between_marks(&page), Some("\nold\n"));
        assert_eq!(between_marks("no marks"), None);
        assert_eq!(flat("a\n  b  c "), "a b c");
    }
}
