//! What neighbours declare about attacks fits together.
//!
//! An attack that succeeds on one version either still succeeds on the next or is cured by it; one that is
//! new either opens there or is refused from the start. So the whole matrix follows from the declarations.

use std::collections::BTreeSet;

use crate::declaration::Declaration;
use crate::golden::Problem;
use crate::versions::Version;

/// What an attack does on a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// What it attacks does not exist yet.
    NotYet,
    /// It succeeds.
    Succeeds,
    /// It fails.
    Fails,
}

/// What `attack` is declared to do on each version, in order.
pub fn row(declarations: &[Declaration], attack: &str) -> Vec<Expected> {
    let names = |list: &[String]| list.iter().any(|name| name == attack);
    let mut before = Expected::NotYet;
    declarations
        .iter()
        .map(|declaration| {
            before = match before {
                _ if names(&declaration.remains) => Expected::Succeeds,
                _ if names(&declaration.cures) || names(&declaration.refuses) => Expected::Fails,
                Expected::Succeeds => Expected::Fails,
                other => other,
            };
            before
        })
        .collect()
}

/// Every attack that a declaration names, in the order of the first version that does.
pub fn names(declarations: &[Declaration]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for declaration in declarations {
        let lists = [
            &declaration.cures,
            &declaration.opens,
            &declaration.refuses,
            &declaration.remains,
        ];
        for name in lists.into_iter().flatten() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

/// What does not fit between two neighbours.
pub fn between(
    old: &Version,
    before: &Declaration,
    new: &Version,
    after: &Declaration,
) -> Vec<Problem> {
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    let (was, cures, opens, remains) =
        (set(&before.remains), set(&after.cures), set(&after.opens), set(&after.remains));
    let place = format!("{} -> {}", old.name, new.name);
    let problem = |what: String, next: String| Problem::new(place.clone(), what, next);
    let mut problems = Vec::new();
    for attack in cures.difference(&was) {
        problems.push(problem(
            format!("`{attack}` is cured by {} but does not succeed on {}.", new.name, old.name),
            format!("List it in `remains` of {}, or in `refuses` of {}.", old.name, new.name),
        ));
    }
    let wanted: BTreeSet<String> = was.difference(&cures).chain(&opens).cloned().collect();
    for attack in wanted.difference(&remains) {
        problems.push(problem(
            format!("`{attack}` neither remains in {} nor is cured by it.", new.name),
            format!("List it in `remains` or in `cures` of {}.", new.name),
        ));
    }
    for attack in remains.difference(&wanted) {
        problems.push(problem(
            format!("`{attack}` remains in {} but does not succeed on {}.", new.name, old.name),
            format!("List it in `opens` of {} if what is new there makes it possible.", new.name),
        ));
    }
    problems.extend(both(new, after));
    problems
}

/// What does not fit in the first version: it has nothing to cure, and what remains has opened there.
pub fn at_first(version: &Version, declaration: &Declaration) -> Vec<Problem> {
    let nothing = Declaration::default();
    let none = Version {
        name: "(nothing)".into(),
        folder: String::new(),
        path: Default::default(),
    };
    between(&none, &nothing, version, declaration)
}

/// Attacks that are said to fail and to succeed on the same version.
fn both(version: &Version, declaration: &Declaration) -> Vec<Problem> {
    let fails = declaration.refuses.iter().chain(&declaration.cures);
    fails
        .filter(|attack| declaration.remains.contains(attack))
        .map(|attack| {
            let what = format!("`{attack}` is said to fail and to succeed.");
            Problem::new(
                version.name.clone(),
                what,
                format!("Look at `refuses`, `cures` and `remains` of {}.", version.name),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str) -> Version {
        Version {
            name: name.into(),
            folder: name.into(),
            path: Default::default(),
        }
    }

    fn list(names: &str) -> Vec<String> {
        names.split_whitespace().map(str::to_string).collect()
    }

    fn declaration(cures: &str, opens: &str, refuses: &str, remains: &str) -> Declaration {
        let (cures, opens, refuses, remains) =
            (list(cures), list(opens), list(refuses), list(remains));
        Declaration {
            cures,
            opens,
            refuses,
            remains,
            ..Declaration::default()
        }
    }

    #[test]
    fn the_matrix_follows_from_the_declarations() {
        let all = [
            declaration("", "a b", "x", "a b"),
            declaration("a", "", "", "b"),
            declaration("", "c", "y", "b c"),
        ];
        use Expected::*;
        assert_eq!(row(&all, "a"), [Succeeds, Fails, Fails]);
        assert_eq!(row(&all, "b"), [Succeeds, Succeeds, Succeeds]);
        assert_eq!(row(&all, "c"), [NotYet, NotYet, Succeeds]);
        assert_eq!(row(&all, "x"), [Fails, Fails, Fails]);
        assert_eq!(row(&all, "y"), [NotYet, NotYet, Fails]);
        assert_eq!(names(&all), ["a", "b", "x", "c", "y"]);
        assert_eq!(at_first(&version("v01"), &all[0]), []);
        assert_eq!(between(&version("v01"), &all[0], &version("v02"), &all[1]), []);
        assert_eq!(between(&version("v02"), &all[1], &version("v03"), &all[2]), []);
    }

    #[test]
    fn each_contradiction_is_named() {
        let old = declaration("", "a", "", "a");
        let new = declaration("z", "", "q", "q");
        let found: Vec<_> = between(&version("v01"), &old, &version("v02"), &new)
            .into_iter()
            .map(|problem| problem.what)
            .collect();
        assert_eq!(
            found,
            [
                "`z` is cured by v02 but does not succeed on v01.",
                "`a` neither remains in v02 nor is cured by it.",
                "`q` remains in v02 but does not succeed on v01.",
                "`q` is said to fail and to succeed.",
            ]
        );
    }
}
