//! READMEs say what the declarations say: what both hold is generated, between two comments of the page.

use std::fs;
use std::path::{Path, PathBuf};

use crate::golden::Problem;
use lab::declaration::Declaration;
use lab::error::Error;
use lab::versions::{Version, Versions};

/// Something that a page holds and that a declaration says.
struct Generated {
    /// The page, from the workspace root.
    page: String,
    path: PathBuf,
    /// What its comments call it.
    name: &'static str,
    text: String,
}

impl Generated {
    /// The comments between which it stands.
    fn marks(&self) -> (String, String) {
        let name = self.name;
        (
            format!("<!-- {name}: written by `cargo lab ladder --write` -->"),
            format!("<!-- /{name} -->"),
        )
    }

    /// What stands there in `page`.
    fn written<'a>(&self, page: &'a str) -> Option<&'a str> {
        let (begin, end) = self.marks();
        let (_, rest) = page.split_once(&begin)?;
        rest.split_once(&end).map(|(inside, _)| inside)
    }

    /// The sentence that tells how to make a place for it.
    fn place(&self) -> String {
        let (begin, end) = self.marks();
        format!(
            "Put these two lines where it belongs, then `cargo lab ladder --write`:\n    {begin}\n    {end}"
        )
    }
}

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
            let next = format!("Put this sentence there, or change both: {idea}");
            problems.push(Problem::new(place, what, next));
        }
    }
    for part in all(versions)? {
        let page = read(&part.path)?.unwrap_or_default();
        match part.written(&page) {
            Some(written) if written.trim() == part.text.trim() => {}
            Some(_) => {
                let what = format!("`{}` is not what the declarations say.", part.name);
                problems.push(Problem::new(&part.page, what, "cargo lab ladder --write"));
            }
            None => {
                let what = format!("has no place for `{}`.", part.name);
                problems.push(Problem::new(&part.page, what, part.place()));
            }
        }
    }
    Ok(problems)
}

/// Writes what is generated into the pages, between its comments. Returns the pages that this changed.
///
/// # Errors
/// A page or a declaration cannot be read, a page has no place for it, or it cannot be written.
pub fn write(versions: &Versions) -> Result<Vec<String>, Error> {
    let mut changed = Vec::new();
    for part in all(versions)? {
        let page = read(&part.path)?.unwrap_or_default();
        let Some(old) = part.written(&page) else {
            return Err(Error::Content {
                what: format!("has no place for `{}`. {}", part.name, part.place()),
                place: part.page,
            });
        };
        let (begin, end) = part.marks();
        let mut new = page.replace(
            &format!("{begin}{old}{end}"),
            &format!("{begin}\n\n{}\n\n{end}", part.text.trim()),
        );
        if new != page {
            let windows = fs::read(&part.path).is_ok_and(|bytes| bytes.contains(&b'\r'));
            if windows {
                new = new.replace('\n', "\r\n");
            }
            fs::write(&part.path, new).map_err(|error| Error::file("write", &part.path, error))?;
            changed.push(part.page);
        }
    }
    changed.dedup();
    Ok(changed)
}

/// Everything that is generated into pages.
fn all(versions: &Versions) -> Result<Vec<Generated>, Error> {
    let mut all = vec![Generated {
        page: "README.md".into(),
        path: versions.root.join("README.md"),
        name: "ladder",
        text: table(versions)?,
    }];
    for version in &versions.all {
        let declaration = version.declaration()?;
        let parts = [
            ("read", reading_order(&declaration)),
            ("broken", bullets(&declaration.broken)),
            ("attacks", open_attacks(version)),
        ];
        all.extend(parts.map(|(name, text)| Generated {
            page: format!("versions/{}/README.md", version.folder),
            path: version.path.join("README.md"),
            name,
            text,
        }));
    }
    Ok(all)
}

/// The ladder as a Markdown table. A weakness is told where it first appears.
///
/// # Errors
/// A declaration cannot be read.
pub fn table(versions: &Versions) -> Result<String, Error> {
    let mut table = String::from("| Version | Idea | Cures | Still broken |\n|---|---|---|---|\n");
    let mut told = Vec::new();
    for version in &versions.all {
        let declaration = version.declaration()?;
        let cures = names(&declaration.cures);
        let mut broken = declaration.broken;
        broken.retain(|weakness| !told.contains(weakness));
        table.push_str(&format!(
            "| [{name}](versions/{folder}/) | {idea} | {cures} | {broken} |\n",
            name = version.name,
            folder = version.folder,
            idea = cell(&declaration.idea),
            cures = if cures.is_empty() { "–" } else { &cures },
            broken = cell(&broken.join(" ")),
        ));
        told.extend(broken);
    }
    Ok(table)
}

/// The parts of a version with their files, numbered through.
fn reading_order(declaration: &Declaration) -> String {
    let mut number = 0;
    let part = |part: &lab::declaration::Part| {
        let mut text = format!("**{}.** {}\n\n", part.title, part.sentence);
        for told in &part.files {
            number += 1;
            text.push_str(&format!(
                "{number}. [`{path}`]({path}): {}\n",
                told.says,
                path = told.path
            ));
        }
        text
    };
    declaration.parts.iter().map(part).collect::<Vec<_>>().join("\n")
}

fn bullets(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| format!("- {sentence}\n")).collect()
}

/// The attacks that succeed on a version, as they say themselves.
fn open_attacks(version: &Version) -> String {
    let number = kit::ladder::number(&version.name).unwrap_or_default();
    let open = |attack: &&&attacks::Attack| attack.cell(number) == attacks::Cell::Succeeds;
    let open = attacks::all().iter().filter(open);
    match names(&open.map(|attack| attack.name.to_string()).collect::<Vec<_>>()).as_str() {
        "" => "No attack succeeds here.".into(),
        names => format!(
            "The attacks that succeed here: {names}. [What they do](../../docs/attacks.md)."
        ),
    }
}

fn names(attacks: &[String]) -> String {
    attacks.iter().map(|attack| format!("`{attack}`")).collect::<Vec<_>>().join(", ")
}

fn cell(text: &str) -> String {
    flat(text).replace('|', "\\|")
}

/// `text` with every run of blanks as one: pages are wrapped as they like.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    use lab::declaration::Part;
    use lab::declaration::Told;

    #[test]
    fn what_is_generated_stands_between_its_comments() {
        let part = Generated {
            page: String::new(),
            path: PathBuf::new(),
            name: "read",
            text: String::new(),
        };
        let (begin, end) = part.marks();
        assert_eq!(part.written(&format!("# x\n{begin}\nold\n{end}\nrest")), Some("\nold\n"));
        assert_eq!(part.written("no marks"), None);
        assert_eq!(flat("a\n  b  c "), "a b c");
    }

    #[test]
    fn the_reading_order_is_numbered_through_the_parts() {
        let told = |path: &str| Told {
            path: path.into(),
            says: "what it is".into(),
        };
        let part = |title: &str, files| Part {
            title: title.into(),
            sentence: "Why.".into(),
            budget: None,
            files,
        };
        let declaration = Declaration {
            parts: vec![
                part("One", vec![told("a.rs"), told("b.rs")]),
                part("Two", vec![told("c.rs")]),
            ],
            ..Declaration::default()
        };
        let expected = "\
**One.** Why.

1. [`a.rs`](a.rs): what it is
2. [`b.rs`](b.rs): what it is

**Two.** Why.

3. [`c.rs`](c.rs): what it is
";
        assert_eq!(reading_order(&declaration), expected);
    }
}
