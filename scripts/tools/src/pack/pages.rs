//! The documents as HTML: every Markdown file of the project, and every step as a page with both sides.

use std::fs;
use std::path::Path;

use lab::diff::html;
use lab::diff::kind::Kind;
use lab::diff::step::Step;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Versions;
use pulldown_cmark::html::push_html;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};

/// The folder of the pages in the kit.
pub const FOLDER: &str = "html";

/// Folders whose Markdown files become pages, besides the file at the top.
const SOURCES: [&str; 2] = ["docs", "versions"];

/// Writes the pages below `kit/html`.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(versions: &Versions, kit: &Path) -> Result<(), Error> {
    let pages = kit.join(FOLDER);
    let steps: Vec<(String, String)> = versions
        .neighbours()
        .map(|(old, new)| {
            (
                format!("{} → {}", old.name, new.name),
                format!("docs/diffs/{}-{}.html", old.name, new.name),
            )
        })
        .collect();
    page(kit, &pages, "README.md", &steps)?;
    for source in SOURCES {
        for path in markdown(&kit.join(source), source)? {
            page(kit, &pages, &path, &[])?;
        }
    }
    for ((old, new), (_, path)) in versions.neighbours().zip(&steps) {
        let declaration = new.declaration()?;
        let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
        let wanted = |kind| matches!(kind, Kind::Code | Kind::Templates | Kind::Manifest);
        let step = Step::between(&before, &after, &declaration.parts, wanted);
        put(&pages.join(path), &html::render(&step, &declaration.idea))?;
    }
    Ok(())
}

/// The Markdown files below a folder, by their path from the project's root. Hints are for `cargo lab hint`.
fn markdown(folder: &Path, name: &str) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| Error::file("read", folder, error))?;
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{name}/{file}");
        if entry.path().is_dir() {
            found.extend(markdown(&entry.path(), &path)?);
        } else if file.ends_with(".md") && file != "hints.md" {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Turns one Markdown file into a page; `steps` are listed at its end.
fn page(kit: &Path, pages: &Path, path: &str, steps: &[(String, String)]) -> Result<(), Error> {
    let source = kit.join(path);
    let text = fs::read_to_string(&source).map_err(|error| Error::file("read", &source, error))?;
    let depth = path.matches('/').count();
    let events = Parser::new_ext(&text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = CowStr::from(target(&dest_url, path));
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        other => other,
    });
    let mut body = String::new();
    push_html(&mut body, events);
    body.push_str(&list(steps));
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(path);
    put(&pages.join(as_page(path)), &frame(title, depth, &body))
}

/// The steps as a list of links; nothing if there are none.
fn list(steps: &[(String, String)]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let item =
        |(name, path): &(String, String)| format!("<li><a href=\"{path}\">{name}</a></li>\n");
    let items: String = steps.iter().map(item).collect();
    format!("<h2>Every step, side by side</h2>\n<ul>\n{items}</ul>\n")
}

/// A whole page around `body`; it lies `depth` folders below the first one.
fn frame(title: &str, depth: usize, body: &str) -> String {
    let home = format!("{}index.html", "../".repeat(depth));
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<main>\n<p><a href=\"{home}\">oauth-lab</a></p>\n{body}</main>\n</html>\n"
    )
}

/// Where the page of a Markdown file is: `docs/attacks.md` at `docs/attacks.html`, a README at `index.html`.
fn as_page(path: &str) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    match stem.strip_suffix("README") {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{stem}.html"),
    }
}

/// A link of the Markdown file at `path`, as its page must have it: to another page where there is one, to the
/// project's own file where there is none.
fn target(link: &str, path: &str) -> String {
    let (place, anchor) = link
        .split_once('#')
        .map_or((link, String::new()), |(place, anchor)| (place, format!("#{anchor}")));
    let outside = place.is_empty() || place.contains("://") || place.starts_with("mailto:");
    if outside {
        return link.to_string();
    }
    if place.ends_with(".md") {
        return format!("{}{anchor}", as_page(place));
    }
    let name = place.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_version =
        name.starts_with('v') && name.get(1..3).is_some_and(|digits| digits.parse::<u8>().is_ok());
    if is_version && !name.contains('.') {
        return format!("{}/index.html{anchor}", place.trim_end_matches('/'));
    }
    // From html/versions/v01-x/index.html up to the kit, and down to versions/v01-x/server/main.rs.
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    format!("{}{folder}{link}", "../".repeat(path.matches('/').count() + 1))
}

fn put(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::file("create", folder, error))?;
    }
    fs::write(path, text).map_err(|error| Error::file("write", path, error))
}

const STYLE: &str = "\
body { margin: 0; font: 18px/1.6 system-ui, -apple-system, \"Segoe UI\", sans-serif; color: #1b1f24; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .6rem; }
a { color: #0550ae; }
pre { overflow-x: auto; padding: .8rem 1rem; background: #f6f8fa; border-radius: 6px; }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid #d0d7de; }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_where_there_are_pages() {
        assert_eq!(target("docs/attacks.md#x", "README.md"), "docs/attacks.html#x");
        assert_eq!(target("versions/v01-login/", "README.md"), "versions/v01-login/index.html");
        assert_eq!(
            target("../v02-state/README.md", "versions/v01-x/README.md"),
            "../v02-state/index.html"
        );
        assert_eq!(
            target("server/main.rs", "versions/v01-x/README.md"),
            "../../../versions/v01-x/server/main.rs"
        );
        assert_eq!(target(".env.example", "README.md"), "../.env.example");
        assert_eq!(target("https://example.org/a.md", "README.md"), "https://example.org/a.md");
        assert_eq!(target("#here", "README.md"), "#here");
    }

    #[test]
    fn a_readme_is_the_index_of_its_folder() {
        assert_eq!(as_page("README.md"), "index.html");
        assert_eq!(as_page("versions/v01-x/README.md"), "versions/v01-x/index.html");
        assert_eq!(as_page("docs/attacks.md"), "docs/attacks.html");
    }
}
