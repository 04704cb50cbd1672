//! How many lines differ.

use std::ops::AddAssign;

use crate::diff::step::FileDiff;

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

    /// Its numbers of lines in front of its unit tests, and inside them.
    ///
    /// Tests stand at the end of a file, under `#[cfg(test)]`.
    pub fn counts_apart(&self) -> (Counts, Counts) {
        let tests = |lines: &[String]| {
            lines.iter().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(lines.len())
        };
        let (old_tests, new_tests) = (tests(&self.old), tests(&self.new));
        let (mut code, mut inside) = (
            Counts {
                files: 1,
                ..Counts::default()
            },
            Counts::default(),
        );
        for change in &self.changes {
            let plus = new_tests.clamp(change.new_start, change.new_start + change.new_count)
                - change.new_start;
            let minus = old_tests.clamp(change.old_start, change.old_start + change.old_count)
                - change.old_start;
            let (plus_inside, minus_inside) = (change.new_count - plus, change.old_count - minus);
            code += Counts {
                files: 0,
                plus,
                minus,
                changed: plus.min(minus),
            };
            let changed = plus_inside.min(minus_inside);
            inside += Counts {
                files: 0,
                plus: plus_inside,
                minus: minus_inside,
                changed,
            };
        }
        (code, inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::Step;
    use crate::diff::tree::Tree;

    #[test]
    fn unit_tests_are_counted_apart() {
        let tree = |text: &str| Tree {
            files: [("server/a.rs".to_string(), text.to_string())].into(),
            ..Tree::default()
        };
        let old = tree("fn a() {}\n#[cfg(test)]\nmod tests {\n    one();\n}\n");
        let new =
            tree("fn a() {}\nfn b() {}\n#[cfg(test)]\nmod tests {\n    two();\n    three();\n}\n");
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
}
