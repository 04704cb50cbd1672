//! `docs/attacks.md`, written from the attacks themselves. A test compares the file with this.

use std::fs;

use crate::attack::{Attack, Cell};
use crate::{all, stage};
use kit::ladder::{versions, workspace};

const INTRO: &str = "# Attacks

Every attack here is carried out for real by `cargo test`, on every version: each cell of the table is a test.
`cargo lab attack NAME VERSION` tells one, message by message; `cargo lab attack --matrix` runs them all and prints this table.

<!-- Written by `cargo lab attack --write`. A test compares it with the code. -->

**open**: the attack succeeds. **stopped**: it fails because of the guard named below, and an honest login beside it still works.
**–**: what it attacks does not exist yet.

";

const NOT_HERE: &str = "## What is not in the table

- **Timing of secrets** cannot be shown reliably over HTTP. Secrets are compared in constant time (`subtle`, in `server/client_auth.rs`,
  `server/pkce.rs` and `server/login.rs`): read it there, and see `cargo lab break`.
- **Referer**: browsers since about 2020 send only the origin to other sites by default. The attack plays an older one.
- **Ports do not separate cookies** (RFC 6265 §8.5): whatever runs on another port of `localhost` is sent the cookies of this pair, and
  can plant its own. On one machine nothing cures that, `__Host-` included; in the world, server and client have different host names.
";

/// The whole page.
pub fn page() -> String {
    let mut page = INTRO.to_owned() + &table();
    page += "\n## The stories\n\nA is the attacker (`user1`), V the victim (`user0`), C the client, S the authorization server.\n\n";
    for attack in all() {
        page += &story(attack);
    }
    page + NOT_HERE
}

fn table() -> String {
    let columns: Vec<String> = versions().map(|version| format!("v{version:02}")).collect();
    let mut table = format!(
        "| Attack | {} | Read |\n|---|{}---|\n",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for attack in all() {
        let cells: Vec<&str> = versions().map(|version| word(attack.cell(version))).collect();
        table += &format!(
            "| [`{0}`](#{0}) | {1} | {2} |\n",
            attack.name,
            cells.join(" | "),
            attack.section
        );
    }
    table
}

fn word(cell: Cell) -> &'static str {
    match cell {
        Cell::NotYet => "–",
        Cell::Succeeds => "**open**",
        Cell::Stopped => "stopped",
    }
}

fn story(attack: &Attack) -> String {
    let mut text = format!("### {}\n\n*{}.* {}\n\n", attack.name, attack.title, attack.story);
    for (index, step) in attack.steps.iter().enumerate() {
        let number = index + 1;
        let (from, to) = (step.0.letter(), step.1.letter());
        text += &format!("{number}. {from} → {to}: {}\n", coded(step.2));
    }
    text += &attack.drawn_on().filter_map(|version| picture(attack, version)).collect::<String>();
    if let Some(why) = attack.not_drawn() {
        text += &format!("\nIt has no picture: {why}.\n");
    }
    if !attack.guards.is_empty() {
        text += "\nWhat stops it:\n\n";
    }
    for guard in attack.guards {
        let since = format!("from v{:02}", guard.first());
        let range =
            guard.last().map_or(since, |last| format!("v{:02} to v{last:02}", guard.first()));
        text += &format!(
            "- {range}, `{}`: {}\n  `{}`\n",
            guard.file,
            guard.what,
            guard.anchor.trim_start_matches("/// ")
        );
    }
    let stage = if stage::NAMES.contains(&attack.name) {
        ", act it out: `--stage`"
    } else {
        ""
    };
    text + &format!("\nRead {}{stage}.\n\n", attack.section)
}

/// Folded, for it is long. What is seen on it stands in the picture itself.
fn picture(attack: &Attack, version: u8) -> Option<String> {
    let file = format!("pictures/{}", attack.picture(version));
    let svg = fs::read_to_string(workspace().join("docs").join(&file)).ok()?;
    let seen = svg.split_once("<desc id=\"d\">")?.1.split_once("</desc>")?.0;
    let seen = seen.replace("&#39;", "'").replace("&quot;", "\"");
    let ends = attack.cell(version).in_words();
    Some(format!(
        "\n<details>\n<summary>The picture on v{version:02}: {ends}.</summary>\n\n![{seen}]({file})\n\n</details>\n"
    ))
}

/// Markup that is spoken of is set as code: in a book it would be a part of the page.
fn coded(text: &str) -> String {
    let mut coded = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        let Some((tag, after)) = tag.split_once('>') else {
            break;
        };
        coded += &format!("{before}`<{tag}>`");
        rest = after;
    }
    coded + rest
}

/// A `rung.toml` whose `cures` are the attacks that this version stops and the one before does not.
pub fn with_cures(rung: &str, version: u8) -> String {
    let rung = rung.replace("\r\n", "\n");
    let cured = all().iter().filter(|attack| attack.cured_in() == Some(version));
    let lines: String = cured.map(|attack| format!("    \"{}\",\n", attack.name)).collect();
    let list = match lines.as_str() {
        "" => "cures = []\n".to_owned(),
        lines => format!("cures = [\n{lines}]\n"),
    };
    let Some((before, rest)) = rung.split_once("cures = [") else {
        return rung;
    };
    let after = rest.split_once("]\n").map_or("", |(_, after)| after);
    format!("{before}{list}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_spoken_of_as_code() {
        assert_eq!(coded("a <b c=\"d\"> and <e>f"), "a `<b c=\"d\">` and `<e>`f");
        assert_eq!(coded("1 < 2"), "1 < 2");
        assert!(!page().replace("`<", "").contains("<iframe"));
    }
}
