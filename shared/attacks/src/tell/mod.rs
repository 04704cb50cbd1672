//! An attack as a page to read in a terminal.
//!
//! Text is built with colours. Who prints it takes them out where nobody can see them.

mod content;
mod ending;
mod list;
mod message;
mod text;

pub use list::Row;
pub use list::about;
pub use list::list;
pub use list::matrix;
pub use message::parts;
pub use message::short_address;
pub use text::cut;
pub use text::wrap;

use crate::run::Report;
use crate::tale::Line;
use crate::who::Who;
use text::{bold, dim, paint};

/// Lines are at most this wide, where their words allow it.
pub const WIDTH: usize = 100;

/// The whole page: story, messages, ending, and where to go next.
pub fn report(report: &Report) -> String {
    let attack = report.attack;
    let mut version = format!("v{:02}", report.target.version);
    if report.is_on_own_pair() {
        version = format!("your {}, on its way to {version}", report.target.name());
    }
    let mut page = format!(
        "\n{}  {}\n\n",
        bold(&format!("{} on {version}", attack.name)),
        dim(attack.section)
    );
    page += &format!("  {}\n\n", bold(attack.title));
    page += &format!("  {}\n\n", wrap(attack.story, WIDTH, 2));
    page += &cast(report);
    page.push('\n');
    let mut number = 0;
    for line in &report.tale {
        page += &match line {
            Line::Heading(text) => format!("{}\n\n", bold(text)),
            Line::Aside(text) => aside(text),
            Line::Message(message) => {
                number += 1;
                message::render(number, message)
            }
        };
    }
    page + &ending::render(report)
}

/// Who is who.
fn cast(report: &Report) -> String {
    let user = |number: usize| {
        report.target.users.get(number).map_or("a user", |user| user.username.as_str())
    };
    let client = report.target.client.as_deref().unwrap_or("(none)");
    format!(
        "  {}  the attacker, {} at the server      {}  the victim, {}\n  {}  the authorization server, {}      {}  the client, {}\n",
        letter(Who::Attacker),
        user(1),
        letter(Who::Victim),
        user(0),
        letter(Who::Server),
        report.target.server,
        letter(Who::Client),
        client,
    )
}

fn aside(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| wrap(line, WIDTH, 6)).collect();
    format!("      {}\n\n", lines.join("\n      "))
}

/// The letter of somebody, in their colour.
fn letter(who: Who) -> String {
    let colour = match who {
        Who::Attacker => "1;35",
        Who::Victim => "1;32",
        Who::Client => "1;34",
        Who::Server => "1;31",
    };
    paint(colour, &who.letter().to_string())
}
