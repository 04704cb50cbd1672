//! One message of the tale: who sends what to whom, what came back, what it means.

use serde_json::Value;

use crate::answer::Answer;
use crate::attacks::attack::Who;
use crate::attacks::scene::Message;
use crate::attacks::tell::WIDTH;
use crate::attacks::tell::letter;
use crate::attacks::tell::text::cut;
use crate::attacks::tell::text::dim;
use crate::attacks::tell::text::paint;
use crate::attacks::tell::text::shorten;
use crate::attacks::tell::text::wrap;
use crate::encoding::decode;
use crate::encoding::origin;
use crate::encoding::path;
use crate::encoding::query_pairs;
use crate::html::text;
use crate::http::Request;
use crate::target::Target;

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

/// The message as a few lines.
pub fn render(number: usize, message: &Message, target: &Target) -> String {
    let request = &message.answer.request;
    let pad = " ".repeat(INDENT);
    let (from, to) = (letter(message.from), letter(message.to));
    let mut lines = vec![format!(
        "{number:>4}  {from} {} {to}  {}",
        dim("->"),
        wrap(&first_line(request, target), WIDTH, INDENT)
    )];
    lines.extend(header_lines(request, target).into_iter().map(|line| pad.clone() + &line));
    let status = status_line(&message.answer, target);
    let colour = if message.answer.status < 400 {
        "36"
    } else {
        "33"
    };
    let number = message.answer.status.to_string();
    let rest = wrap(&status, WIDTH, INDENT + 4);
    lines.push(format!("{pad}{} {rest}", paint(colour, &number)));
    lines
        .extend(answer_headers(&message.answer).into_iter().map(|line| format!("{pad}    {line}")));
    lines.push(format!("{pad}{}", paint("3", &wrap(&message.meaning, WIDTH, INDENT))));
    lines.join("\n") + "\n\n"
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
    told.map(|(name, value)| {
        let shown: Vec<String> = value.split(' ').map(shorten).collect();
        let value = if name == "Referer" {
            named(value, target)
        } else {
            shown.join(" ")
        };
        format!("{name}: {}", cut(&value, 110))
    })
    .collect()
}

/// What came back, without status and headers.
fn status_line(answer: &Answer, target: &Target) -> String {
    let Some(location) = answer.location() else {
        return content(answer);
    };
    let mut to = format!("-> {}", place(&location, target));
    for (name, value) in query_pairs(&location) {
        to += &format!("  {name}={}", shorten(&named(&value, target)));
    }
    to
}

/// Headers of an answer that matter to a story.
fn answer_headers(answer: &Answer) -> Vec<String> {
    let mut lines = Vec::new();
    for cookie in answer.all("set-cookie") {
        let pair = cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        lines.push(format!("Set-Cookie: {name}={}", cut(value, 8)));
    }
    for name in ["WWW-Authenticate", "Referrer-Policy"] {
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

/// What a body says, in a few words: the heading of a page, the JSON without long strings.
fn content(answer: &Answer) -> String {
    if let Some(json) = answer.json().filter(|json| json.is_object()) {
        return cut(&short_strings(json).to_string(), 260);
    }
    let heading = answer.body.split_once("<h1").and_then(|(_, rest)| rest.split_once("</h1>"));
    match heading.and_then(|(heading, _)| heading.split_once('>')) {
        Some((_, heading)) => format!("\"{}\"", cut(&text(heading), 160)),
        None => cut(answer.body.lines().next().unwrap_or_default(), 80),
    }
}

fn short_strings(mut json: Value) -> Value {
    match &mut json {
        Value::String(text) => *text = shorten(text),
        Value::Object(map) => {
            for (_, value) in map.iter_mut() {
                *value = short_strings(value.take());
            }
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|value| *value = short_strings(value.take()))
        }
        _ => {}
    }
    json
}
