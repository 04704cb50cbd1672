//! The parts of a step tell of each file that it changes, once, and of nothing else.

use std::collections::BTreeSet;

use crate::golden::Problem;
use lab::declaration::{Declaration, Part};
use lab::diff::kind::Kind;
use lab::diff::step::Step;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Version;

/// A step that may add more lines than this is told in several parts.
const ONE_SITTING: usize = 150;

/// What is wrong with the parts of `new`. Without `old`, `new` is the first version, and all of it is told.
///
/// # Errors
/// A file cannot be read, or the declaration is none.
pub fn problems(old: Option<&Version>, new: &Version) -> Result<Vec<Problem>, Error> {
    let before = old.map(Tree::of_version).transpose()?.unwrap_or_default();
    let declaration = new.declaration()?;
    let lesson = |kind| matches!(kind, Kind::Code | Kind::Templates);
    let step = Step::between(&before, &Tree::of_version(new)?, &declaration.parts, lesson);
    let mut wrong = files(&step, &declaration.parts);
    wrong.extend(budgets(&declaration));
    let place = format!("versions/{}/rung.toml", new.folder);
    Ok(wrong.into_iter().map(|(what, next)| Problem::new(&place, what, next)).collect())
}

/// Files that no part tells of, that two tell of, and that do not differ.
fn files(step: &Step, parts: &[Part]) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for file in step.files.iter().filter(|file| file.part.is_none()) {
        let what = format!("no part tells of {}.", file.path);
        wrong.push((what, "Name it in the [[part]] to which it belongs, with a sentence.".into()));
    }
    let mut seen = BTreeSet::new();
    for path in parts.iter().flat_map(|part| &part.files).map(|told| &told.path) {
        if !seen.insert(path) {
            wrong.push((format!("{path} is told twice."), "Leave it in one part.".into()));
        } else if !step.files.iter().any(|file| file.path == *path) {
            let what = format!("tells of {path}, which the step does not change.");
            wrong.push((what, "Take it out.".into()));
        }
    }
    wrong
}

/// Whether the budgets of the parts fit the step's.
fn budgets(declaration: &Declaration) -> Vec<(String, String)> {
    let (Some(budget), parts) = (declaration.budget, &declaration.parts) else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    if budget.added > ONE_SITTING && !(2..=4).contains(&parts.len()) {
        let what = format!(
            "the step may add {} lines and has {} [[part]]s: it cannot be read in one sitting.",
            budget.added,
            parts.len()
        );
        wrong.push((what, "Tell it in two to four parts.".into()));
    }
    for part in parts.iter().filter(|part| parts.len() > 1 && part.budget.is_none()) {
        let what = format!("the part \"{}\" has no budget.", part.title);
        wrong.push((what, "Give it one: budget = 100".into()));
    }
    let sum: usize = parts.iter().filter_map(|part| part.budget).sum();
    if sum > budget.added {
        let what =
            format!("the parts may add {sum} lines together, and the step {}.", budget.added);
        wrong.push((what, "Set the budgets of the parts so that they fit the step's.".into()));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::declaration::Budget;
    use lab::declaration::Told;

    fn part(budget: Option<usize>, paths: &[&str]) -> Part {
        let told = |path: &&str| Told {
            path: (*path).into(),
            says: "x".into(),
        };
        Part {
            title: "One".into(),
            budget,
            files: paths.iter().map(told).collect(),
            ..Part::default()
        }
    }

    #[test]
    fn each_changed_file_is_told_once() {
        let new = Tree {
            files: [
                "client/a.rs",
                "client/templates/a.html",
                "client/b.rs",
                "client/templates/c.html",
            ]
            .map(|path| (path.to_string(), "x".to_string()))
            .into(),
            ..Tree::default()
        };
        let wrong = |parts: &[Part]| {
            let step = Step::between(&Tree::default(), &new, parts, |_| true);
            files(&step, parts).into_iter().map(|(what, _)| what).collect::<Vec<_>>()
        };
        let whole = part(
            None,
            &[
                "client/a.rs",
                "client/b.rs",
                "client/templates/c.html",
            ],
        );
        assert_eq!(wrong(std::slice::from_ref(&whole)), [""; 0]);
        assert_eq!(
            wrong(&[
                part(None, &["client/a.rs", "client/d.rs"]),
                part(None, &["client/a.rs"])
            ]),
            [
                "no part tells of client/b.rs.",
                "no part tells of client/templates/c.html.",
                "tells of client/d.rs, which the step does not change.",
                "client/a.rs is told twice.",
            ]
        );
    }

    #[test]
    fn budgets_of_parts_fit_the_steps() {
        let wrong = |added, parts: &[Part]| {
            let declaration = Declaration {
                budget: Some(Budget { added, removed: 0 }),
                parts: parts.to_vec(),
                ..Declaration::default()
            };
            budgets(&declaration).into_iter().map(|(what, _)| what).collect::<Vec<_>>()
        };
        assert_eq!(wrong(150, &[part(None, &[])]), [""; 0]);
        assert_eq!(
            wrong(
                160,
                &[
                    part(Some(100), &[]),
                    part(Some(60), &[])
                ]
            ),
            [""; 0]
        );
        assert_eq!(
            wrong(151, &[part(Some(152), &[])]),
            [
                "the step may add 151 lines and has 1 [[part]]s: it cannot be read in one sitting.",
                "the parts may add 152 lines together, and the step 151.",
            ]
        );
        assert_eq!(
            wrong(9, &[part(None, &[]), part(Some(9), &[])]),
            ["the part \"One\" has no budget."]
        );
    }
}
