//! How large a step and its parts are, and whether they stay within the budgets that they declare.

use crate::golden::Problem;
use lab::declaration::Budget;
use lab::diff::counts::Counts;
use lab::diff::kind::Kind;
use lab::diff::rust;
use lab::diff::rust::Line;
use lab::diff::step::{FileDiff, Step};
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Version;

/// Numbers of lines of some files, by what the files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Files of server and client (and `Cargo.toml`) that differ.
    pub files: usize,
    /// Rust of server and client: without comments, blank lines, `use`, `mod` and unit tests.
    pub code: Counts,
    /// Templates.
    pub templates: Counts,
    /// Tests, unit tests inside the code's files included.
    pub tests: Counts,
    /// Prose.
    pub text: Counts,
}

/// The size of the step between two neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The older version's name.
    pub from: String,
    /// The newer version's name.
    pub to: String,
    /// All of the step.
    pub lines: Lines,
    /// What the newer version declares as the most.
    pub budget: Option<Budget>,
    /// Its parts.
    pub parts: Vec<PartSize>,
}

/// The size of one part of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSize {
    /// Its title.
    pub title: String,
    /// How large it is.
    pub lines: Lines,
    /// How many lines of code it may add.
    pub budget: Option<usize>,
}

/// Measures a step.
///
/// # Errors
/// A file cannot be read, or the newer version's declaration is none.
pub fn measure(old: &Version, new: &Version) -> Result<Size, Error> {
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    let declaration = new.declaration()?;
    let wanted = |kind| kind != Kind::Declaration;
    let step = Step::between(&before, &after, &declaration.parts, wanted);
    let part = |(index, part): (usize, &lab::declaration::Part)| PartSize {
        title: part.title.clone(),
        lines: count(step.files.iter().filter(|file| file.part == Some(index))),
        budget: part.budget,
    };
    Ok(Size {
        from: old.name.clone(),
        to: new.name.clone(),
        lines: count(step.files.iter()),
        budget: declaration.budget,
        parts: declaration.parts.iter().enumerate().map(part).collect(),
    })
}

fn count<'a>(files: impl Iterator<Item = &'a FileDiff>) -> Lines {
    let mut lines = Lines::default();
    for file in files {
        lines.files += usize::from(!matches!(file.kind, Kind::Tests | Kind::Text));
        match file.kind {
            Kind::Code => {
                let (code, tests) = file.counts_apart();
                lines.code += code;
                lines.tests += tests;
            }
            Kind::Templates => lines.templates += file.counts(),
            Kind::Tests => lines.tests += file.counts(),
            Kind::Text => lines.text += file.counts(),
            Kind::Manifest | Kind::Declaration => {}
        }
    }
    lines
}

/// How many lines of code a version has, and how many lines of comment.
///
/// # Errors
/// A file cannot be read.
pub fn comments(version: &Version) -> Result<(usize, usize), Error> {
    let tree = Tree::of_version(version)?;
    let code = tree.files.iter().filter(|(path, _)| Kind::of(path) == Kind::Code);
    let all: Vec<Line> = code
        .flat_map(|(_, text)| rust::classify(&text.lines().map(str::to_string).collect::<Vec<_>>()))
        .collect();
    let among = |wanted: Line| all.iter().filter(|line| **line == wanted).count();
    Ok((among(Line::Code), among(Line::Comment)))
}

/// Where the step, or a part of it, exceeds its budget.
pub fn problems(size: &Size) -> Vec<Problem> {
    let place = format!("{} -> {}", size.from, size.to);
    let Some(budget) = size.budget else {
        let next = format!(
            "Declare one in the rung.toml of {}: [budget] with added and removed.",
            size.to
        );
        return vec![Problem::new(
            place,
            "the step has no budget.",
            next,
        )];
    };
    let mut over = Vec::new();
    let Counts { plus, minus, .. } = size.lines.code;
    if plus > budget.added {
        over.push(format!("{plus} lines of code added (at most {})", budget.added));
    }
    if minus > budget.removed {
        over.push(format!("{minus} lines of code removed or changed (at most {})", budget.removed));
    }
    let mut problems = Vec::new();
    if !over.is_empty() {
        let what = format!("the step is larger than its budget: {}.", over.join(", "));
        problems.push(Problem::new(place.clone(), what, cure(size)));
    }
    for part in &size.parts {
        let (is, most) = (part.lines.code.plus, part.budget.unwrap_or(usize::MAX));
        if is > most {
            let what = format!(
                "the part \"{}\" is larger than its budget: {is} lines of code added (at most {most}).",
                part.title
            );
            let next = "Say it in fewer lines, or tell a file where it belongs more.";
            problems.push(Problem::new(place.clone(), what, next));
        }
    }
    problems
}

fn cure(Size { from, to, .. }: &Size) -> String {
    format!(
        "Is it a fix that stopped in {from}? `cargo lab carry {from}`. Is it the idea of {to}? Shape {from} so that the \
         step adds and does not change, or say it in fewer lines. A budget is an aim: it is not raised to what there is."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_or_a_part_over_its_budget_says_by_how_much() {
        let lines = |plus, minus| Lines {
            code: Counts {
                files: 1,
                plus,
                minus,
                changed: 0,
            },
            tests: Counts {
                plus: 500,
                ..Counts::default()
            },
            ..Lines::default()
        };
        let part = PartSize {
            title: "One".into(),
            lines: lines(60, 0),
            budget: Some(60),
        };
        let mut size = Size {
            lines: lines(90, 10),
            budget: Some(Budget {
                added: 90,
                removed: 10,
            }),
            parts: vec![part],
            ..Size::default()
        };
        assert_eq!(problems(&size), []);
        size.lines = lines(91, 11);
        size.parts[0].lines = lines(61, 0);
        let found: Vec<_> = problems(&size).into_iter().map(|problem| problem.what).collect();
        let expected = [
            "the step is larger than its budget: 91 lines of code added (at most 90), 11 lines of code removed or changed (at most 10).",
            "the part \"One\" is larger than its budget: 61 lines of code added (at most 60).",
        ];
        assert_eq!(found, expected);
        size.budget = None;
        assert_eq!(problems(&size)[0].what, "the step has no budget.");
    }
}
