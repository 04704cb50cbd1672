//! The changed lines of one file.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines that differ, and where they stand. Line numbers count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first line in the old file.
    pub old_start: usize,
    /// How many old lines are gone.
    pub old_count: usize,
    /// The first line in the new file.
    pub new_start: usize,
    /// How many new lines came.
    pub new_count: usize,
}

/// Finds the changes between two files. `old` and `new` are their lines as they are compared.
pub fn changes(old: &[String], new: &[String]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (old_range, new_range) = (op.old_range(), op.new_range());
        match changes.last_mut() {
            // A removal directly followed by an addition is one change.
            Some(last)
                if last.old_start + last.old_count == old_range.start
                    && last.new_start + last.new_count == new_range.start =>
            {
                last.old_count += old_range.len();
                last.new_count += new_range.len();
            }
            _ => changes.push(Change {
                old_start: old_range.start,
                old_count: old_range.len(),
                new_start: new_range.start,
                new_count: new_range.len(),
            }),
        }
    }
    slide(&mut changes, old, new);
    changes
}

/// Moves each pure addition or removal to the place where a person would cut: a block may often be cut
/// out one line earlier or later with the same result, and then it should begin where a thing begins.
fn slide(changes: &mut [Change], old: &[String], new: &[String]) {
    for index in 0..changes.len() {
        let change = changes[index];
        let (lines, start, count) = match (change.old_count, change.new_count) {
            (0, count) => (new, change.new_start, count),
            (count, 0) => (old, change.old_start, count),
            _ => continue,
        };
        let floor = index.checked_sub(1).map_or(0, |before| {
            let before = changes[before];
            if change.old_count == 0 {
                before.new_start + before.new_count
            } else {
                before.old_start + before.old_count
            }
        });
        let ceiling = changes.get(index + 1).map_or(lines.len(), |after| {
            if change.old_count == 0 {
                after.new_start
            } else {
                after.old_start
            }
        });
        let best = best_start(lines, start, count, floor, ceiling);
        let moved = best as isize - start as isize;
        changes[index].old_start = change.old_start.wrapping_add_signed(moved);
        changes[index].new_start = change.new_start.wrapping_add_signed(moved);
    }
}

/// Where the block of `count` lines at `start` should begin, between `floor` and `ceiling`.
fn best_start(lines: &[String], start: usize, count: usize, floor: usize, ceiling: usize) -> usize {
    let mut first = start;
    while first > floor && lines[first - 1] == lines[first + count - 1] {
        first -= 1;
    }
    let mut last = start;
    while last + count < ceiling && lines[last] == lines[last + count] {
        last += 1;
    }
    (first..=last)
        .min_by_key(|at| (awkwardness(lines, *at, count), last - at))
        .unwrap_or(start)
}

/// How badly a block that begins at `start` is cut: deep indentation at its edges is bad, an edge at a blank
/// line is good.
fn awkwardness(lines: &[String], start: usize, count: usize) -> usize {
    let blank = |index: usize| lines.get(index).is_none_or(|line| line.trim().is_empty());
    let depth = |index: usize| {
        let line = lines.get(index).map_or("", String::as_str);
        line.len() - line.trim_start().len()
    };
    let begins_with_closing =
        lines[start].trim_start().starts_with(['}', ')', ']', '<']) && !lines[start].contains('{');
    let closing = if begins_with_closing && !lines[start].trim_start().starts_with("<a") {
        6
    } else {
        0
    };
    let edge_is_blank = start == 0 || blank(start - 1) || blank(start + count - 1);
    let begins_blank = blank(start);
    let indentation = if begins_blank {
        depth(start + 1)
    } else {
        depth(start)
    };
    indentation * 4 + closing + if edge_is_blank { 0 } else { 3 } + if begins_blank { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_string).collect()
    }

    #[test]
    fn one_changed_line_is_one_change() {
        let found = changes(&lines("a\nb\nc"), &lines("a\nB\nc"));
        assert_eq!(
            found,
            [Change {
                old_start: 1,
                old_count: 1,
                new_start: 1,
                new_count: 1
            }]
        );
        assert!(changes(&lines("a"), &lines("a")).is_empty());
    }

    #[test]
    fn an_added_function_is_cut_where_it_begins() {
        let old = lines("fn a() {\n    x();\n}\n\nfn c() {\n    z();\n}");
        let new = lines("fn a() {\n    x();\n}\n\nfn b() {\n    y();\n}\n\nfn c() {\n    z();\n}");
        let found = changes(&old, &new);
        assert_eq!(found.len(), 1);
        assert_eq!(new[found[0].new_start], "fn b() {");
        assert_eq!(found[0].new_count, 4);
    }

    #[test]
    fn sliding_never_changes_the_result() {
        let old = lines("{\n    a,\n}\n{\n    b,\n}");
        let new = lines("{\n    a,\n}\n{\n    n,\n}\n{\n    b,\n}");
        let found = changes(&old, &new);
        let mut rebuilt = Vec::new();
        let mut at = 0;
        for change in &found {
            rebuilt.extend_from_slice(&old[at..change.old_start]);
            rebuilt.extend_from_slice(&new[change.new_start..change.new_start + change.new_count]);
            at = change.old_start + change.old_count;
        }
        rebuilt.extend_from_slice(&old[at..]);
        assert_eq!(rebuilt, new);
    }
}
