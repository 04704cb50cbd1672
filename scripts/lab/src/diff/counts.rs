//! How many lines differ.

use std::ops::AddAssign;

use crate::diff::kind::Kind;
use crate::diff::rust::Line;
use crate::diff::step::{FileDiff, Step};

/// Numbers of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that differ.
    pub files: usize,
    /// Lines that came, changed ones included: the `+` lines of a diff.
    pub plus: usize,
    /// Lines that went, changed ones included: the `-` lines of a diff.
    pub minus: usize,
    /// Lines that stand in the place of another: they are part of both `plus` and `minus`.
    pub changed: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.files += other.files;
        self.plus += other.plus;
        self.minus += other.minus;
        self.changed += other.changed;
    }
}

impl Step {
    /// The numbers of all files that `wanted` accepts.
    pub fn counts(&self, wanted: impl Fn(Kind) -> bool) -> Counts {
        let mut counts = Counts::default();
        for file in self.files.iter().filter(|file| wanted(file.kind)) {
            counts += file.counts();
        }
        counts
    }
}

impl FileDiff {
    /// The file's numbers of lines.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            files: 1,
            ..Counts::default()
        };
        for change in &self.changes {
            counts.plus += change.new_count;
            counts.minus += change.old_count;
            counts.changed += change.new_count.min(change.old_count);
        }
        counts
    }

    /// Its numbers of lines of code, which are those that a budget counts, and of unit tests.
    pub fn counts_apart(&self) -> (Counts, Counts) {
        let (old, new) = self.lines();
        let count = |wanted: Line| {
            let among = |lines: &[Line]| lines.iter().filter(|line| **line == wanted).count();
            let mut counts = Counts::default();
            for change in &self.changes {
                let plus = among(&new[change.new_start..change.new_start + change.new_count]);
                let minus = among(&old[change.old_start..change.old_start + change.old_count]);
                counts += Counts {
                    files: 0,
                    plus,
                    minus,
                    changed: plus.min(minus),
                };
            }
            counts
        };
        let code = Counts {
            files: 1,
            ..count(Line::Code)
        };
        (code, count(Line::Test))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::tests::example;
    use crate::diff::tree::Tree;

    #[test]
    fn code_and_unit_tests_are_counted_apart_and_nothing_else_is() {
        let tree = |text: &str| Tree {
            files: [("server/a.rs".to_string(), text.to_string())].into(),
            ..Tree::default()
        };
        let old = tree("fn a() {}\n#[cfg(test)]\nmod tests {\n    one();\n}\n");
        let new = tree(
            "use b::B;\n\n/// B.\nfn a() {}\nfn b() {}\n#[cfg(test)]\nmod tests {\n    two();\n    three();\n}\n",
        );
        let step = Step::between(&old, &new, &[], |_| true);
        let (code, tests) = step.files[0].counts_apart();
        assert_eq!(
            code,
            Counts {
                files: 1,
                plus: 1,
                minus: 0,
                changed: 0
            }
        );
        assert_eq!(
            tests,
            Counts {
                files: 0,
                plus: 2,
                minus: 1,
                changed: 1
            }
        );
    }

    #[test]
    fn a_changed_line_comes_and_goes() {
        let step = example();
        let counts = step.counts(|kind| kind == Kind::Code);
        assert_eq!(
            counts,
            Counts {
                files: 2,
                plus: 6,
                minus: 1,
                changed: 1
            }
        );
    }
}
