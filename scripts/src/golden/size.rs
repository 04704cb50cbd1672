//! How large a step is, and whether it stays within the budget that it declares.

use crate::declaration::Budget;
use crate::diff::counts::Counts;
use crate::diff::kind::Kind;
use crate::diff::step::Step;
use crate::diff::tree::Tree;
use crate::error::Error;
use crate::golden::Problem;
use crate::versions::Version;

/// The size of the step between two neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The older version's name.
    pub from: String,
    /// The newer version's name.
    pub to: String,
    /// Files of server and client (and `Cargo.toml`) that differ.
    pub files: usize,
    /// Rust of server and client, without its unit tests.
    pub code: Counts,
    /// Templates.
    pub templates: Counts,
    /// Tests, unit tests inside the code's files included.
    pub tests: Counts,
    /// Prose.
    pub text: Counts,
    /// What the newer version declares as the most.
    pub budget: Option<Budget>,
}

/// Measures a step.
///
/// # Errors
/// A file cannot be read, or the newer version's declaration is none.
pub fn measure(old: &Version, new: &Version) -> Result<Size, Error> {
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    let step = Step::between(&before, &after, &[], |kind| kind != Kind::Declaration);
    let of = |wanted: Kind| step.counts(|kind| kind == wanted);
    let lesson = |kind| matches!(kind, Kind::Code | Kind::Templates | Kind::Manifest);
    let (mut code, mut tests) = (Counts::default(), of(Kind::Tests));
    for file in step.files.iter().filter(|file| file.kind == Kind::Code) {
        let (outside, inside) = file.counts_apart();
        code += outside;
        tests += inside;
    }
    Ok(Size {
        from: old.name.clone(),
        to: new.name.clone(),
        files: step.counts(lesson).files,
        code,
        templates: of(Kind::Templates),
        tests,
        text: of(Kind::Text),
        budget: new.declaration()?.budget,
    })
}

/// Where the step exceeds its budget.
pub fn problems(size: &Size) -> Vec<Problem> {
    let place = format!("{} -> {}", size.from, size.to);
    let Some(budget) = size.budget else {
        let next = format!(
            "Declare one in the rung.toml of {}: [budget] with rust_added and the others.",
            size.to
        );
        return vec![Problem::new(
            place,
            "the step has no budget.",
            next,
        )];
    };
    let over: Vec<_> =
        limits(size, &budget).into_iter().filter(|(_, is, may, _)| is > may).collect();
    if over.is_empty() {
        return Vec::new();
    }
    let what: Vec<String> =
        over.iter().map(|(what, is, may, _)| format!("{is} {what} (at most {may})")).collect();
    let keys: Vec<&str> = over.iter().map(|(_, _, _, key)| *key).collect();
    let next = format!(
        "Is it a fix that stopped in {from}? `cargo lab carry {from}`. Is it the idea of {to}? Shape {from} so that the \
         step adds and does not change. Only then raise the budget ({keys}) in the rung.toml of {to}.",
        from = size.from,
        to = size.to,
        keys = keys.join(", "),
    );
    vec![Problem::new(
        place,
        format!("the step is larger than its budget: {}.", what.join(", ")),
        next,
    )]
}

/// What is measured, what it is, what it may be, and the key that says so.
fn limits(size: &Size, budget: &Budget) -> [(&'static str, usize, usize, &'static str); 5] {
    [
        ("files touched", size.files, budget.files, "files"),
        ("lines of Rust added", size.code.plus, budget.rust_added, "rust_added"),
        ("lines of Rust removed or changed", size.code.minus, budget.rust_removed, "rust_removed"),
        (
            "lines of templates added",
            size.templates.plus,
            budget.templates_added,
            "templates_added",
        ),
        (
            "lines of templates removed or changed",
            size.templates.minus,
            budget.templates_removed,
            "templates_removed",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_over_its_budget_says_by_how_much() {
        let counts = |plus, minus| Counts {
            files: 1,
            plus,
            minus,
            changed: 0,
        };
        let budget = Budget {
            rust_added: 90,
            rust_removed: 10,
            templates_added: 0,
            templates_removed: 0,
            files: 2,
        };
        let mut size = Size {
            from: "v02".into(),
            to: "v03".into(),
            files: 2,
            code: counts(90, 10),
            templates: counts(0, 0),
            tests: counts(500, 500),
            text: counts(500, 500),
            budget: Some(budget),
        };
        assert_eq!(problems(&size), []);
        size.code.plus = 91;
        size.files = 3;
        let found = problems(&size).remove(0).what;
        let expected = "the step is larger than its budget: 3 files touched (at most 2), 91 lines of Rust added (at most 90).";
        assert_eq!(found, expected);
        size.budget = None;
        assert_eq!(problems(&size)[0].what, "the step has no budget.");
    }
}
