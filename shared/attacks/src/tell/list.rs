//! The list of the attacks, and the matrix.

use crate::all;
use crate::attack::{Attack, Cell};
use crate::tell::WIDTH;
use crate::tell::text::{bold, command, dim, paint, wrap};
use kit::ladder::versions;

/// All attacks with their titles and where they succeed.
pub fn list() -> String {
    let mut page = format!(
        "{} attacks. Each one is carried out for real, against a server and a client that run.\n\n",
        all().len()
    );
    for attack in all() {
        let open: Vec<String> = versions()
            .filter(|version| attack.cell(*version) == Cell::Succeeds)
            .map(|version| format!("v{version:02}"))
            .collect();
        let open = match (open.first(), open.last()) {
            (Some(first), Some(last)) if first == last => {
                paint("31", &format!("succeeds on {first}"))
            }
            (Some(first), Some(last)) => paint("31", &format!("succeeds on {first} to {last}")),
            _ => paint("32", "stopped everywhere"),
        };
        page += &format!(
            "{}\n    {}  ({open}; {})\n",
            bold(attack.name),
            attack.title,
            dim(attack.section)
        );
    }
    page += "\nType next:\n";
    let lines = [
        ("cargo lab attack login-csrf v01", "watch it succeed, message by message"),
        ("cargo lab attack login-csrf v02", "watch it fail, and see the line that stops it"),
        ("cargo lab attack login-csrf v01 --stage", "act it out in your browser"),
        ("cargo lab attack --matrix", "run all of them on all versions"),
    ];
    for (what, why) in lines {
        page += &format!("  {}{}{why}\n", command(what), " ".repeat(42 - what.len()));
    }
    page
}

/// One attack, without carrying it out: story, steps, and how it ends where.
pub fn about(attack: &Attack) -> String {
    let mut page = format!("\n{}  {}\n\n", bold(attack.name), dim(attack.section));
    page += &format!("  {}\n\n  {}\n\n", bold(attack.title), wrap(attack.story, WIDTH, 2));
    page += "  A attacker, V victim, C client, S authorization server\n\n";
    for step in attack.steps {
        page +=
            &format!("  {} -> {}  {}\n", step.0.letter(), step.1.letter(), wrap(step.2, WIDTH, 10));
    }
    page.push('\n');
    for version in versions() {
        let cell = match attack.cell(version) {
            Cell::Succeeds => paint("31", "succeeds"),
            Cell::Stopped => paint("32", "stopped "),
            Cell::NotYet => dim("nothing to attack yet"),
        };
        let line = format!("cargo lab attack {} v{version:02}", attack.name);
        page += &format!(
            "  v{version:02}  {cell}  {}\n",
            if attack.cell(version) == Cell::NotYet {
                String::new()
            } else {
                command(&line)
            }
        );
    }
    page + "\n"
}

/// An attack, and how it ended on each version. `None`: nobody can say.
pub type Row = (&'static Attack, Vec<(u8, Option<Cell>)>);

/// The table of what was seen: one row for each attack, one column for each version. `None` is a cell that nobody can say.
pub fn matrix(rows: &[Row]) -> String {
    let mut page = format!("{:<32}", "");
    let versions = rows.first().map(|row| row.1.as_slice()).unwrap_or_default();
    for (version, _) in versions {
        page += &format!("v{version:02}       ");
    }
    page.push('\n');
    for (attack, cells) in rows {
        page += &format!("{:<32}", attack.name);
        for (_, cell) in cells {
            page += &match cell {
                Some(Cell::Succeeds) => paint("31", "succeeds  "),
                Some(Cell::Stopped) => paint("32", "stopped   "),
                Some(Cell::NotYet) => dim("–         "),
                None => paint("33", "?         "),
            };
        }
        page += &format!("{}\n", dim(attack.section));
    }
    page
}
