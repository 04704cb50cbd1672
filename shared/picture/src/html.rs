//! The page: every flow is an ordered list whose items carry the strips of the diagram. Each opens to its details.

use std::fmt::Write;

use crate::cast::Cast;
use crate::escape;
use crate::merge::Flow;
use crate::merge::Flows;
use crate::shape;
use crate::svg::Strips;
use crate::tell::Row;
use crate::tell::Told;
use crate::tell::What;

/// All flows, the newest first and open, as a fragment of HTML. What is not a flow comes last.
pub fn page(flows: &Flows, cast: &Cast) -> String {
    let mut html = String::from("<div class=\"picture\">");
    for (index, flow) in flows.flows.iter().rev().enumerate() {
        section(&mut html, flow, cast, &format!("Flow {}", flow.number), index == 0);
    }
    if let Some(others) = &flows.others {
        section(&mut html, others, cast, "Outside any flow", flows.flows.is_empty());
    }
    if flows.dropped > 0 {
        let _ = write!(
            html,
            "<p class=\"soft\">{} older messages are no longer kept.</p>",
            flows.dropped
        );
    }
    html.push_str("</div>");
    html
}

fn section(html: &mut String, flow: &Flow, cast: &Cast, title: &str, open: bool) {
    let rows: Vec<&Row> = flow.rows.iter().collect();
    let strips = Strips::new(&rows, cast);
    let (key, open) = (flow.number, if open { " open" } else { "" });
    let _ = write!(
        html,
        "<details class=\"flow\" data-key=\"flow-{key}-{}\"{open}><summary><h2>{title}</h2> <span class=\"count\">{}</span></summary>\
         <div class=\"lanes\" aria-hidden=\"true\"><svg viewBox=\"0 0 {:.0} {}\">{}</svg></div><ol class=\"rows\">",
        flow.at,
        escape(&summary(flow, cast)),
        strips.width(),
        Strips::HEAD,
        strips.head(),
    );
    for (index, row) in rows.iter().enumerate() {
        item(html, row, cast, &strips, index);
    }
    html.push_str("</ol></details>");
}

/// `14:05:02 UTC · 14 messages · #1 in the client's log`.
fn summary(flow: &Flow, cast: &Cast) -> String {
    let seconds = flow.at / 1_000_000;
    let (h, m, s) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let count = flow.messages();
    let plural = if count == 1 { "" } else { "s" };
    let mut summary = format!("{h:02}:{m:02}:{s:02} UTC · {count} message{plural}");
    for (part, number) in &flow.logs {
        let name = cast.name(cast.lane(part)).to_lowercase();
        let _ = write!(summary, " · #{number} in the {name}’s log");
    }
    summary
}

fn item(html: &mut String, row: &Row, cast: &Cast, strips: &Strips<'_>, index: usize) {
    let (height, strip) = strips.strip(index);
    let kind = match row.what {
        What::Ask => "ask",
        What::Answer => "answer",
        What::Deed => "act",
    };
    let _ = write!(
        html,
        "<li class=\"{kind}\"><details data-key=\"{}\"><summary><svg class=\"strip\" viewBox=\"0 0 {:.0} {height:.0}\" aria-hidden=\"true\">{strip}</svg>",
        escape(&row.id),
        strips.width(),
    );
    say(html, row, cast);
    html.push_str("</summary>");
    panel(html, row);
    html.push_str("</details></li>");
}

/// The row in words: what a screen reader reads, and what a narrow screen shows.
fn say(html: &mut String, row: &Row, cast: &Cast) {
    let lane = |lane: usize| {
        format!("<span class=\"part c-{}\">{}</span>", cast.colour(lane), escape(cast.name(lane)))
    };
    html.push_str("<span class=\"say\">");
    if row.what == What::Deed {
        let _ = write!(html, "<span class=\"route\">{}</span> ", lane(row.from));
    } else {
        let (line, channel) = match row.back {
            true => ("⇒", "back channel"),
            false => ("→", "front channel"),
        };
        let kind = if row.what == What::Ask {
            "request"
        } else {
            "answer"
        };
        let _ = write!(
            html,
            "<span class=\"route\"><span class=\"nth\">{}</span> {} <span aria-hidden=\"true\">{line}</span><span class=\"unseen\"> to </span> {} <span class=\"way\">{channel}, {kind}</span></span> ",
            row.number,
            lane(row.from),
            lane(row.to),
        );
    }
    let bad = if row.bad && row.what != What::Deed {
        "✕ "
    } else {
        ""
    };
    let _ = write!(
        html,
        "<b>{bad}{}{}</b> <code>{}</code> ",
        escape(&row.term),
        row.count(),
        escape(&row.wire)
    );
    for mark in &row.marks {
        html.push_str(&shape::html_pill(mark));
        html.push(' ');
    }
    let more: Vec<String> =
        row.more.iter().filter(|name| *name != "Cookie").map(|name| escape(name)).collect();
    if !more.is_empty() {
        let _ = write!(html, "<small>{}</small>", more.join(", "));
    }
    html.push_str("</span>");
}

fn panel(html: &mut String, row: &Row) {
    html.push_str("<div class=\"panel\">");
    if !row.why.is_empty() {
        let _ = write!(html, "<p>{}</p>", escape(row.why));
    }
    if let Some(times) = row.times {
        let _ = write!(html, "<p>{times} messages that are alike, drawn as one.</p>");
    }
    if row.told.is_empty() {
        html.push_str("<p class=\"soft\">Nothing comes with it.</p>");
    } else {
        html.push_str("<dl class=\"told\">");
        row.told.iter().for_each(|told| parameter(html, told, &row.born));
        html.push_str("</dl>");
    }
    let _ = write!(html, "<p class=\"soft\">{} ms after the flow began.</p></div>", row.after);
}

fn parameter(html: &mut String, told: &Told, born: &[crate::Mark]) {
    let mark = told.mark.as_ref().map(shape::html_pill).unwrap_or_default();
    let new = told.mark.as_ref().is_some_and(|mark| born.contains(mark) && mark.travels());
    let new = if new { " <em>born here</em>" } else { "" };
    let shown = match told.shown.is_empty() {
        true => String::new(),
        false => format!(" <code>{}</code>", escape(&told.shown)),
    };
    let name = if told.name.is_empty() {
        "key"
    } else {
        &told.name
    };
    let _ = write!(html, "<div><dt>{}</dt><dd>{mark}{shown}{new}</dd>", escape(name));
    if !told.why.is_empty() {
        let _ = write!(html, "<dd class=\"why\">{}", escape(told.why));
        if !told.section.is_empty() {
            let _ = write!(html, " <span class=\"rfc\">{}</span>", escape(told.section));
        }
        html.push_str("</dd>");
    }
    html.push_str("</div>");
}
