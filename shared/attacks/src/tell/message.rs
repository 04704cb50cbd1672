//! One message of the tale: who sends what to whom, what came back, what it means.

use crate::tale::Message;
use crate::tell::content::content;
use crate::tell::text::{cut, dim, paint, shorten, wrap};
use crate::tell::{WIDTH, letter};
use crate::who::Who;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kit::encoding::{decode, origin, path, query_pairs};
use kit::{Answer, Request, Target};

/// Where the text of a message begins.
const INDENT: usize = 14;

/// Headers of a request that matter to a story. Others are the browser's business.
const TOLD: [&str; 6] = [
    "Host",
    "X-Forwarded-Host",
    "Origin",
    "Referer",
    "Authorization",
    "Sec-Fetch-Site",
];

/// A message in parts, so that a terminal and a page can each lay it out.
pub struct Parts {
    /// Method, path and parameters, then the headers that matter.
    pub request: Vec<String>,
    /// Status and content, then the headers that matter.
    pub answer: Vec<String>,
}

/// What of a message is told.
pub fn parts(message: &Message) -> Parts {
    let (request, target) = (&message.answer.request, &message.target);
    let mut sent = vec![first_line(request, target)];
    sent.extend(header_lines(request, target));
    let status = format!("{} {}", message.answer.status, status_line(&message.answer, target));
    let mut came = vec![status.trim_end().to_owned()];
    came.extend(answer_headers(&message.answer));
    Parts {
        request: sent,
        answer: came,
    }
}

/// The message as a few lines.
pub fn render(number: usize, message: &Message) -> String {
    let pad = " ".repeat(INDENT);
    let (from, to) = (letter(message.from), letter(message.to));
    let Parts { request, answer } = parts(message);
    let mut page = format!("{number:>4}  {from} {} {to}  ", dim("->"));
    for (index, line) in request.iter().enumerate() {
        let start = if index == 0 { "" } else { pad.as_str() };
        page += &format!("{start}{}\n", wrap(line, WIDTH, INDENT));
    }
    for (index, line) in answer.iter().enumerate() {
        let text = wrap(line, WIDTH, INDENT + 4);
        page += &match text.split_once(' ') {
            // Green for what went well, yellow for a refusal: the eye finds it.
            _ if index > 0 => format!("{pad}    {text}\n"),
            Some((status, rest)) => format!("{pad}{} {rest}\n", paint(colour(message), status)),
            None => format!("{pad}{}\n", paint(colour(message), &text)),
        };
    }
    page + &format!("{pad}{}\n\n", paint("3", &wrap(&message.meaning, WIDTH, INDENT)))
}

fn colour(message: &Message) -> &'static str {
    if message.answer.status < 400 {
        "36"
    } else {
        "33"
    }
}

/// `GET /authorize response_type=code client_id=demo-client …`, with the form of a POST.
fn first_line(request: &Request, target: &Target) -> String {
    let mut line = format!("{} {}", request.method, decode(path(&request.url)));
    let form = request.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
    let body = form.map(|form| query_pairs(&format!("?{form}"))).unwrap_or_default();
    for (name, value) in query_pairs(&request.url).into_iter().chain(body) {
        line += &format!("  {name}={}", shorten(&named(&value, target)));
    }
    cut(&line, 600)
}

fn header_lines(request: &Request, target: &Target) -> Vec<String> {
    let told = request.headers.iter().filter(|(name, _)| TOLD.contains(&name.as_str()));
    // A page of the process itself says nothing new with Origin.
    let told = told.filter(|(name, value)| name != "Origin" || value != origin(&request.url));
    told.map(|(name, value)| format!("{name}: {}", header_value(name, value, target)))
        .collect()
}

/// A header's value as a person reads it.
fn header_value(name: &str, value: &str, target: &Target) -> String {
    match (name, value.split_once(' ')) {
        ("Referer", _) => short_address(value, target),
        ("Authorization", Some(("Basic", pair))) => {
            let pair = BASE64_STANDARD.decode(pair).unwrap_or_default();
            format!("Basic {} (in base64)", String::from_utf8_lossy(&pair))
        }
        ("Authorization", Some((scheme, token))) => format!("{scheme} {}", shorten(token)),
        _ => cut(value, 110),
    }
}

/// What came back, without status and headers.
fn status_line(answer: &Answer, target: &Target) -> String {
    match answer.location() {
        Some(location) => format!("-> {}", short_address(&location, target)),
        None => content(answer),
    }
}

/// `C /callback code=Ab3…`: an address of the pair with its letter, and long values shortened.
pub fn short_address(url: &str, target: &Target) -> String {
    let mut text = place(url, target);
    for (name, value) in query_pairs(url) {
        text += &format!("  {name}={}", shorten(&named(&value, target)));
    }
    text
}

/// Headers of an answer that matter to a story.
fn answer_headers(answer: &Answer) -> Vec<String> {
    let mut lines = Vec::new();
    for cookie in answer.all("set-cookie") {
        let pair = cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = if value.is_empty() {
            "(deleted)".to_owned()
        } else {
            cut(value, 8)
        };
        lines.push(format!("Set-Cookie: {name}={value}"));
    }
    // Where a page may tell its address matters only where there is a code in it.
    let has_code = query_pairs(&answer.request.url).iter().any(|(name, _)| name == "code");
    let policy = has_code.then_some("Referrer-Policy");
    for name in ["WWW-Authenticate"].into_iter().chain(policy) {
        lines.extend(answer.all(name).map(|value| format!("{name}: {}", cut(value, 140))));
    }
    lines
}

/// `S /login`: a letter instead of an address that changes with each run.
fn place(url: &str, target: &Target) -> String {
    let who = owner(url, target);
    match who {
        Some(who) => format!("{} {}", who.letter(), path(url)),
        None => url.split('?').next().unwrap_or(url).to_owned(),
    }
}

fn owner(url: &str, target: &Target) -> Option<Who> {
    if origin(url) == target.server {
        return Some(Who::Server);
    }
    (target.client.as_deref() == Some(origin(url))).then_some(Who::Client)
}

/// A value that is an address of the pair, with the letter instead of host and port.
fn named(value: &str, target: &Target) -> String {
    let value = value.replace(&target.server, "S");
    match &target.client {
        Some(client) => value.replace(client.as_str(), "C"),
        None => value,
    }
}
