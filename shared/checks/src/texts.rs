//! The texts, held against the running version: every address in its README answers, every file in it is there.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::wire_text;
use kit::harness::Harness;
use kit::{Request, Target};
use libtest_mimic::{Failed, Trial};

/// The two addresses as the texts write them.
const SERVER: &str = "http://localhost:5000";
const CLIENT: &str = "http://localhost:5001";

/// One trial for the version's README and one for the project's.
pub(crate) fn trials(harness: &Harness) -> Vec<Trial> {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let own = ("text README.md of this version", folder.join("README.md"));
    let project = ("text README.md of the project", folder.join("../../README.md"));
    let trial = |(name, file): (&str, PathBuf)| {
        let name = format!("{name}: its addresses answer, its files are there");
        harness.trial(name, async move |target| hold(&file, target).await.map_err(Failed::from))
    };
    let mut trials: Vec<Trial> = [own, project].into_iter().map(trial).collect();
    trials.extend(chapter(harness, &folder));
    trials
}

/// The trials of the version's chapter.
fn chapter(harness: &Harness, folder: &Path) -> Vec<Trial> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = folder.join("../../docs").join(format!("{name}.md"));
    if !file.exists() {
        return Vec::new();
    }
    let (text, wire) = (file.clone(), file);
    vec![
        harness.trial(
            format!("text docs/{name}.md: its addresses answer, its files are there"),
            async move |target| hold(&text, target).await.map_err(Failed::from),
        ),
        harness.trial(
            format!("text docs/{name}.md: its messages are those on the wire"),
            async move |target| wire_text::hold(&wire, target).await.map_err(Failed::from),
        ),
    ]
}

/// Asks every address of the text, and looks for every file that it names.
async fn hold(file: &Path, target: &Target) -> Result<(), String> {
    let text =
        fs::read_to_string(file).map_err(|trouble| format!("{}: {trouble}", file.display()))?;
    let text = outside_blocks(&text);
    let requests = requests(&text);
    if requests.is_empty() {
        return Err(format!("{} names no address of the lab", file.display()));
    }
    for request in requests {
        ask(request, target).await?;
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let root = kit::ladder::workspace();
    let is_there = |name: &str| folder.join(name).exists() || root.join(name).exists();
    let missing = files(&text).into_iter().find(|name| !is_there(name));
    missing
        .map_or(Ok(()), |name| Err(format!("{} names {name}, which is not there", file.display())))
}

async fn ask(mut request: Request, target: &Target) -> Result<(), String> {
    let client = target.client.as_deref().unwrap_or(CLIENT);
    let written = request.url.clone();
    request.url = request.url.replace(SERVER, &target.server).replace(CLIENT, client);
    let answer =
        target.http.send(request).await.map_err(|verdict| format!("{written}: {verdict}"))?;
    match answer.status {
        404 | 405 | 500.. => Err(format!("{written} answers {}", answer.status)),
        _ => Ok(()),
    }
}

/// Each address, and each curl command with its headers.
fn requests(text: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    for code in text.split('`').filter(|code| code.trim_start().starts_with("curl ")) {
        let header = code.split('\'').nth(1).and_then(|header| header.split_once(": "));
        for url in urls(code) {
            let request = Request::get(url);
            requests.push(match header {
                Some((name, value)) => request.header(name, value),
                None => request,
            });
        }
    }
    requests.extend(urls(text).into_iter().map(Request::get));
    requests
}

/// The text without what stands between three backticks: commands and their promises have tests of their own.
fn outside_blocks(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn urls(text: &str) -> Vec<&str> {
    let ends = |c: char| c.is_whitespace() || "<>)`'\"".contains(c);
    let starts = text.match_indices("http://localhost:").map(|(at, _)| &text[at..]);
    let urls = starts.map(|rest| rest.split(ends).next().unwrap_or(rest));
    urls.filter(|url| url.starts_with(SERVER) || url.starts_with(CLIENT)).collect()
}

/// Files in backticks or behind links: `server/main.rs`, `](docs/attacks.md)`.
fn files(text: &str) -> Vec<&str> {
    let code = text.split('`').skip(1).step_by(2);
    let code = code.filter(|code| code.ends_with(".rs") && code.contains('/'));
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    code.chain(links.filter(|link| !link.is_empty() && !link.contains("://"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_block_is_left_to_its_own_test() {
        let text = "a\n  ```sh\n  curl http://localhost:5000/token\n  ```\nb";
        assert_eq!(outside_blocks(text), "a\nb");
    }

    #[test]
    fn addresses_headers_and_files_are_found() {
        let text = "See <http://localhost:5001/profile>, `server/main.rs` and [it](../b/). \
                    `curl -i -H 'Authorization: Bearer x' http://localhost:5000/api/me` says no.";
        let requests = requests(text);
        assert_eq!(requests[0].url, "http://localhost:5000/api/me");
        assert_eq!(requests[0].headers, [("Authorization".to_string(), "Bearer x".to_string())]);
        assert_eq!(requests[1].url, "http://localhost:5001/profile");
        assert_eq!(files(text), ["server/main.rs", "../b/"]);
    }
}
