//! The end of the tale: the moment it succeeded, or what stopped it, and where to go next.

use crate::attack::{Attack, Cell, Ending};
use crate::guards;
use crate::run::Report;
use crate::tell::WIDTH;
use crate::tell::text::{bold, command, cut, dim, paint, wrap};
use kit::ladder;
use kit::ladder::newest;

/// The last part of the page.
pub fn render(report: &Report) -> String {
    let attack = report.attack;
    let mut page = match &report.ending {
        Ending::Succeeded { evidence } => {
            format!(
                "{}\n\n  {}\n",
                paint("1;31", "The moment it succeeded"),
                wrap(evidence, WIDTH, 2)
            )
        }
        Ending::Stopped { by, evidence } => {
            let heading = paint("1;32", &format!("What stopped it: {by}"));
            format!("{heading}\n\n  {}\n{}", wrap(evidence, WIDTH, 2), guard_lines(report))
        }
        Ending::NotApplicable { why } => {
            format!("{}\n\n  {}\n", bold("Nothing to attack yet"), wrap(why, WIDTH, 2))
        }
        Ending::Inconclusive { why } => {
            let lines: Vec<String> = why.lines().map(|line| format!("  {line}")).collect();
            format!("{}\n\n{}\n", paint("1;33", "Nobody can say how it ended"), lines.join("\n"))
        }
    };
    page += &format!("\n  {} {}\n", dim(&format!("{:<19}", "Read")), attack.section);
    let lines = if report.is_on_own_pair() {
        own(report)
    } else {
        next(attack, report.target.version)
    };
    for (what, line) in lines {
        page += &format!("  {} {line}\n", dim(&format!("{what:<19}")));
    }
    if !report.is_as_declared() && !report.is_on_own_pair() {
        let cell = attack.cell(report.target.version);
        page += &format!(
            "\n  {}\n",
            paint("1;33", &format!("This is not what is declared for this version: {cell:?}."))
        );
    }
    page + "\n"
}

/// The lines of source that stopped it.
fn guard_lines(report: &Report) -> String {
    let root = ladder::workspace();
    let mut page = String::new();
    if report.is_on_own_pair() {
        page += &format!("\n  In v{:02} of this project it stands here:\n", report.target.version);
    }
    for guard in report.attack.guards_in(report.target.version) {
        let place = match guards::locate(&root, report.target.version, guard) {
            Ok(place) => {
                format!("{}:{}\n      {}", place.file, place.line, dim(&cut(&place.text, 150)))
            }
            Err(trouble) => trouble,
        };
        page += &format!("\n  {}\n    {}\n", wrap(guard.what, WIDTH, 2), paint("36", &place));
    }
    page
}

/// What it means for somebody's own pair, and what to type next.
fn own(report: &Report) -> Vec<(&'static str, String)> {
    let version = report.target.version;
    let meaning = match (report.attack.cell(version), &report.ending) {
        (Cell::Stopped, Ending::Stopped { .. }) => {
            format!("v{version:02} must stop it, and yours does.")
        }
        (Cell::Stopped, _) => {
            format!("Yours does not stop it yet. When it is v{version:02}, it must.")
        }
        (Cell::Succeeds, Ending::Stopped { .. }) => {
            format!("Yours stops it already. v{version:02} does not have to.")
        }
        (Cell::Succeeds, _) => format!("It succeeds on v{version:02} as well."),
        (Cell::NotYet, _) => format!("In v{version:02} there is nothing to attack yet."),
    };
    vec![
        ("What it means", meaning),
        ("What is open", command("cargo lab check")),
    ]
}

/// What to type next, with a word that says why.
fn next(attack: &Attack, version: u8) -> Vec<(&'static str, String)> {
    let name = attack.name;
    let run = |version: u8| command(&format!("cargo lab attack {name} v{version:02}"));
    let diff = |version: u8| command(&format!("cargo lab diff v{:02} v{version:02}", version - 1));
    match attack.cell(version) {
        Cell::Succeeds => match attack.cured_in().filter(|cure| *cure > version) {
            Some(cure) => vec![
                ("Stopped from", format!("v{cure:02} on  {}", run(cure))),
                ("What was added", diff(cure)),
            ],
            None => {
                vec![("Stopped", format!("by no version up to v{:02}.", newest()))]
            }
        },
        Cell::Stopped => {
            let mut lines = Vec::new();
            if let Some(cure) = attack.cured_in() {
                lines.push(("Succeeds on", format!("v{:02}  {}", cure - 1, run(cure - 1))));
                lines.push(("What was added", diff(cure)));
            }
            let breaks = command(&format!("cargo lab break v{version:02}"));
            lines.push(("Take the guard out", format!("{breaks}  lists what can be taken out")));
            lines
        }
        Cell::NotYet => {
            let first = attack.first();
            vec![("There is from", format!("v{first:02} on  {}", run(first)))]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find;
    use kit::pair::Executables;
    use kit::target::Target;

    fn report(server: &str, ending: Ending) -> Report {
        let mut target = Target::lab(2, "http://localhost:5000", "http://localhost:5001/callback");
        target.executables = Some(Executables::pair(server, "client"));
        Report {
            attack: find("login-csrf").expect("the attack"),
            target,
            tale: Vec::new(),
            ending,
        }
    }

    #[test]
    fn of_somebodys_own_pair_it_says_what_the_version_demands() {
        let open = render(&report("workbench-server", Ending::succeeded("taken")));
        assert!(open.contains("Yours does not stop it yet. When it is v02, it must."), "{open}");
        assert!(!open.contains("declared"), "{open}");
        let held = render(&report("workbench-server", Ending::stopped("state", "refused")));
        assert!(held.contains("v02 must stop it, and yours does."), "{held}");
        assert!(held.contains("In v02 of this project it stands here:"), "{held}");
        let surprise = render(&report("v02-server", Ending::succeeded("taken")));
        assert!(surprise.contains("This is not what is declared"), "{surprise}");
    }

    #[test]
    fn no_version_is_named_that_is_not_there() {
        for attack in crate::all() {
            for version in kit::ladder::versions() {
                let said = next(attack, version);
                let words: Vec<&str> =
                    said.iter().flat_map(|line| line.1.split_whitespace()).collect();
                let named =
                    words.iter().filter_map(|word| word.strip_prefix('v')?.parse::<u8>().ok());
                for number in named {
                    assert!(
                        (1..=newest()).contains(&number),
                        "{} on v{version:02}: {said:?}",
                        attack.name
                    );
                }
            }
        }
    }
}
