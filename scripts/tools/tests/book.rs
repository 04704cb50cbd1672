//! No text can rot: every link in a text leads somewhere, and every excerpt of code stands in the file that it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Markdown file of the project, by its path from the root.
fn texts() -> BTreeMap<String, String> {
    let mut folders: Vec<PathBuf> =
        ["docs", "versions", "scripts"].map(|folder| root().join(folder)).to_vec();
    let mut files = vec![root().join("README.md")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "md") => files.push(path),
                false => {}
            }
        }
    }
    let name =
        |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn parse(text: &str) -> impl Iterator<Item = (Event<'_>, usize)> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    events.map(|(event, range)| (event, 1 + text[..range.start].matches('\n').count()))
}

/// The anchors of a text, as code hosts and mdBook make them from its headings.
fn anchors(text: &str) -> Vec<String> {
    let (mut anchors, mut heading) = (Vec::new(), None);
    for (event, _) in parse(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            (Event::End(TagEnd::Heading(_)), Some(text)) => {
                anchors.push(slug(text));
                heading = None;
            }
            _ => {}
        }
    }
    anchors
}

fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let texts = texts();
    let mut broken = Vec::new();
    let mut seen = 0;
    for (name, text) in &texts {
        for (event, line) in parse(text) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            if dest_url.contains("://") || dest_url.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            if let Err(trouble) = follow(&texts, name, &dest_url) {
                broken.push(format!("{name}:{line}: {trouble}"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    assert!(seen > 100, "the texts hold far more than {seen} links");
}

fn follow(texts: &BTreeMap<String, String>, from: &str, link: &str) -> Result<(), String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let target = match path {
        "" => from.to_string(),
        path => simplified(&folder.join(path)),
    };
    if !root().join(&target).exists() {
        return Err(format!("{link} leads to {target}, which is not there"));
    }
    match texts.get(&target) {
        Some(text) if !anchor.is_empty() && !anchors(text).iter().any(|known| known == anchor) => {
            Err(format!("{target} has no heading #{anchor}"))
        }
        _ => Ok(()),
    }
}

/// `docs/attacks.md` of `versions/v01-x/../../docs/attacks.md`.
fn simplified(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_string_lossy().as_ref() {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part.to_string()),
        }
    }
    parts.join("/")
}

#[test]
fn every_excerpt_of_code_stands_in_the_file_that_it_names() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, text) in texts() {
        if !name.starts_with("docs/") {
            continue;
        }
        for excerpt in excerpts(&text) {
            seen += 1;
            if let Err(trouble) = excerpt.stands() {
                wrong.push(format!("{name}:{}: {trouble}", excerpt.line));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    println!("{seen} excerpts");
}

/// A block of code, with the last file that the text above it names.
struct Excerpt {
    line: usize,
    file: Option<String>,
    code: Vec<String>,
}

/// The blocks that show code of the project: Rust, Python, HTML and TOML.
fn excerpts(text: &str) -> Vec<Excerpt> {
    let mut found = Vec::new();
    let mut file = None;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(kind) = line.trim_start().strip_prefix("```") else {
            if line.starts_with('#') {
                file = None;
            }
            let names = line.split('`').skip(1).step_by(2);
            let names = names.filter(|name| name.contains('/') && !name.contains(' '));
            file = names
                .filter(|name| root().join(name).is_file())
                .last()
                .map(str::to_string)
                .or(file);
            continue;
        };
        let code: Vec<String> = lines
            .by_ref()
            .map(|(_, line)| line.to_string())
            .take_while(|line| !line.trim_start().starts_with("```"))
            .collect();
        if ["rust", "python", "html", "toml"].contains(&kind.trim()) {
            found.push(Excerpt {
                line: index + 1,
                file: file.clone(),
                code,
            });
        }
    }
    found
}

impl Excerpt {
    /// Its lines follow each other in the file, but for a common indent. A line `// …` or `# …` stands for what was left out.
    fn stands(&self) -> Result<(), String> {
        let file = self.file.as_ref().ok_or("the text above names no file of the project")?;
        let source =
            fs::read_to_string(root().join(file)).map_err(|trouble| trouble.to_string())?;
        let source: Vec<&str> = source.lines().map(str::trim).collect();
        let mut from = 0;
        for piece in self.code.split(|line| matches!(line.trim(), "// …" | "# …" | "…")) {
            let wanted: Vec<&str> = piece.iter().map(|line| line.trim()).collect();
            let wanted = trimmed(&wanted);
            if wanted.is_empty() {
                continue;
            }
            let at = source[from..].windows(wanted.len()).position(|lines| lines == wanted);
            let at =
                at.ok_or_else(|| format!("{file} has no such lines: {}", wanted.join(" / ")))?;
            from += at + wanted.len();
        }
        Ok(())
    }
}

/// Without empty lines at its ends.
fn trimmed<'a, 'b>(mut lines: &'b [&'a str]) -> &'b [&'a str] {
    while let Some(("", rest)) = lines.split_first().map(|(first, rest)| (*first, rest)) {
        lines = rest;
    }
    while let Some(("", rest)) = lines.split_last().map(|(last, rest)| (*last, rest)) {
        lines = rest;
    }
    lines
}

#[test]
fn an_excerpt_that_differs_in_a_word_is_found() {
    let text = "In `versions/v01-login-and-code/server/main.rs`:\n\n```rust\n            .route(\"/login\", get(login::get).post(login::post))\n```\n";
    let good = &excerpts(text)[0];
    assert_eq!((good.line, good.stands()), (3, Ok(())));
    let bad = text.replace("login::post", "login::put");
    assert!(excerpts(&bad)[0].stands().unwrap_err().contains("no such lines"));
    let nameless = text.replace("main.rs", "nowhere.rs");
    assert!(excerpts(&nameless)[0].stands().unwrap_err().contains("names no file"));
    let left_out = text.replace("```rust\n", "```rust\nmod debug;\n// …\n");
    assert_eq!(excerpts(&left_out)[0].stands(), Ok(()));
}

#[test]
fn anchors_are_those_of_the_code_hosts() {
    let text = "# Two channels\n\n## State, PKCE or *nonce*?\n\n### `code-leak-referer`\n";
    assert_eq!(
        anchors(text),
        [
            "two-channels",
            "state-pkce-or-nonce",
            "code-leak-referer"
        ]
    );
}
