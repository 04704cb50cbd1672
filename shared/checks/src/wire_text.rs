//! The messages that a chapter shows, held against those that the running version sends.
//!
//! A block ```` ```http ```` is one message. `…` stands for what is random; headers may be left out and stand in any order; a
//! line that begins with a blank goes on with the line before.

use std::fs;
use std::path::Path;

use crate::client::stage::Stage;
use kit::ladder::Capability;
use kit::play::{Heard, RefreshTokens};
use kit::{Answer, Request, Target, Verdict};

/// Compares every message that a chapter shows.
pub(crate) async fn hold(file: &Path, target: &Target) -> Result<(), String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let shown = shown(&text);
    if shown.is_empty() {
        return Ok(());
    }
    // On a pair of its own: elsewhere a user may have allowed everything already.
    let alone = target.alone().await.map_err(|verdict| verdict.to_string())?;
    let sent = sent(&alone).await.map_err(|verdict| verdict.to_string())?;
    for (line, wanted) in shown {
        if !sent.iter().any(|message| is_shown(&wanted, message)) {
            let first = wanted.first().cloned().unwrap_or_default();
            let alike: Vec<&String> =
                sent.iter().filter(|message| fits(&first, &message[0])).flatten().collect();
            return Err(format!(
                "{}:{line}: no such message was sent: {wanted:#?}\nalike: {alike:#?}",
                file.display()
            ));
        }
    }
    Ok(())
}

/// The messages of a text, each with its line.
fn shown(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line.trim() != "```http" {
            continue;
        }
        let mut message: Vec<String> = Vec::new();
        for (_, line) in lines.by_ref().take_while(|(_, line)| line.trim() != "```") {
            match message.last_mut() {
                Some(last) if line.starts_with(' ') => last.push_str(line.trim()),
                _ if line.trim().is_empty() => {}
                _ => message.push(line.trim().to_owned()),
            }
        }
        found.push((index + 1, message));
    }
    found
}

/// Is it this message? The first line is the first; the others are in it.
fn is_shown(wanted: &[String], message: &[String]) -> bool {
    let Some((first, rest)) = wanted.split_first() else {
        return false;
    };
    let there = |line: &String| message.iter().any(|sent| fits(line, sent));
    fits(first, &message[0]) && rest.iter().all(there)
}

/// The same line, up to `…` and the case of a header's name.
fn fits(wanted: &str, sent: &str) -> bool {
    let lower = |line: &str| match line.split_once(": ") {
        Some((name, value)) if !name.contains(' ') => {
            format!("{}: {value}", name.to_ascii_lowercase())
        }
        _ => line.to_owned(),
    };
    let (wanted, sent) = (lower(wanted), lower(sent));
    let mut pieces = wanted.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| sent.strip_prefix(first)) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, inner)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in inner {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What a browser and this pair send each other in one visit, and what the client sends behind the browser's back.
async fn sent(target: &Target) -> Result<Vec<Vec<String>>, Verdict> {
    let client = target.client.clone().ok_or_else(|| Verdict::skipped("a running client"))?;
    let mut messages = Vec::new();
    let mut browser = target.browser();
    let mut note = |answer: &Answer| {
        messages.push(request_lines(target, &answer.request));
        messages.push(answer_lines(target, answer));
    };
    note(&browser.get(format!("{client}/")).await?);
    let walk = target.path().also_inside(&client).with(Some(target.user()?)).told_to(&mut note);
    let end = walk.open(&mut browser, &format!("{client}/start")).await?;
    end.must_be_page(200)?;
    if target.has(Capability::ProtectedApi) {
        note(&browser.get(format!("{client}/profile")).await?);
    }
    if target.has(Capability::TokenEndpoint) {
        back_channel(target, &mut messages).await?;
    }
    Ok(messages)
}

/// The client's own requests, as a played server hears them, and the real server's answers to their like.
async fn back_channel(target: &Target, messages: &mut Vec<Vec<String>>) -> Result<(), Verdict> {
    let stage = Stage::open(target).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    if target.has(Capability::ProtectedApi) {
        browser.get(stage.url("/profile")).await?;
    }
    if target.has(Capability::Refresh) {
        let none: [(&str, &str); 0] = [];
        browser.post(&stage.url("/refresh"), &none).await?;
    }
    let place = |line: String| {
        line.replace(&stage.play.url(), "http://localhost:5000")
            .replace(&format!("localhost:{}", stage.play.port()), "localhost:5000")
            .replace(&kit::encoding::encode(&stage.client), "http%3A%2F%2Flocalhost%3A5001")
    };
    for heard in stage.play.heard() {
        messages.push(heard_lines(&heard).into_iter().map(place).collect());
    }
    let tokens = target.tokens().await?;
    messages.push(answer_lines(target, &tokens.answer));
    if target.has(Capability::ProtectedApi) {
        messages.push(answer_lines(target, &target.me(&tokens.access_token).await?));
    }
    if target.has(Capability::Scopes) {
        let request = Request::get(target.url("/api/notes")).bearer(&tokens.access_token);
        messages.push(answer_lines(target, &target.http.send(request).await?));
    }
    Ok(())
}

fn heard_lines(heard: &Heard) -> Vec<String> {
    let query = kit::encoding::encode_pairs(&heard.query);
    let mark = if query.is_empty() { "" } else { "?" };
    let mut lines = vec![format!(
        "{} {}{mark}{query} HTTP/1.1",
        heard.method, heard.path
    )];
    lines.extend(heard.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(String::from_utf8_lossy(&heard.body).into_owned());
    lines
}

fn request_lines(target: &Target, request: &Request) -> Vec<String> {
    let rest = request.url.splitn(4, '/').nth(3).unwrap_or_default();
    let mut lines = vec![format!(
        "{} /{rest} HTTP/1.1",
        request.method
    )];
    lines.push(format!(
        "host: {}",
        kit::encoding::origin(&request.url).trim_start_matches("http://")
    ));
    lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    let body = request.body.as_deref().unwrap_or_default();
    lines.push(String::from_utf8_lossy(body).into_owned());
    lines.into_iter().map(|line| usual(target, line)).collect()
}

fn answer_lines(target: &Target, answer: &Answer) -> Vec<String> {
    let reason = match answer.status {
        200 => "OK",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        _ => "…",
    };
    let mut lines = vec![format!(
        "HTTP/1.1 {} {reason}",
        answer.status
    )];
    lines.extend(answer.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(answer.body.lines().map(str::to_owned));
    lines.into_iter().map(|line| usual(target, line)).collect()
}

/// With the two addresses as the texts write them.
fn usual(target: &Target, line: String) -> String {
    let client = target.client.as_deref().unwrap_or_default();
    let mut line = line;
    for (here, there) in [
        (target.server.as_str(), "http://localhost:5000"),
        (client, "http://localhost:5001"),
    ] {
        line = line.replace(here, there);
        line = line.replace(&kit::encoding::encode(here), &kit::encoding::encode(there));
        let host = |url: &str| url.trim_start_matches("http://").to_owned();
        line = line.replace(&host(here), &host(there));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_and_compared_line_by_line() {
        let text =
            "a\n```http\nGET /authorize\n  ?state=…\n  &x=1 HTTP/1.1\nHost: localhost:5000\n```\n";
        let shown = shown(text);
        assert_eq!(shown[0].0, 2);
        assert_eq!(shown[0].1[0], "GET /authorize?state=…&x=1 HTTP/1.1");
        let sent = |first: &str, host: &str| {
            vec![
                first.to_owned(),
                format!("host: {host}"),
            ]
        };
        let good = sent("GET /authorize?state=abc&x=1 HTTP/1.1", "localhost:5000");
        assert!(is_shown(&shown[0].1, &good));
        assert!(!is_shown(
            &shown[0].1,
            &sent("GET /authorize?state=abc&x=1 HTTP/1.1", "localhost:5001")
        ));
        assert!(!is_shown(
            &shown[0].1,
            &sent("GET /authorize?state=abc&x=2 HTTP/1.1", "localhost:5000")
        ));
    }
}
