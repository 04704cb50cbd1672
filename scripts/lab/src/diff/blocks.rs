//! The changes of a file with what stands around them, and `use` lines folded: they tell a reader nothing new.

use std::ops::Range;

use crate::diff::lines::Change;
use crate::diff::rust::Line;
use crate::diff::step::FileDiff;

/// Lines that are shown in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that both sides have.
    Same(Sides),
    /// Lines that went, and those that came in their place.
    Changed(Sides),
    /// `use` lines, and blank lines between them.
    Uses {
        /// How many of the `use` lines came or went.
        count: usize,
        /// The lines.
        inside: Vec<Block>,
    },
}

/// The lines of a block, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// In the old file.
    pub old: Range<usize>,
    /// In the new file.
    pub new: Range<usize>,
}

impl FileDiff {
    /// What is shown of the file: for each group of near changes its blocks, with at most `context` equal lines around.
    pub fn blocks(&self, context: usize) -> Vec<Vec<Block>> {
        let (old, new) = self.lines();
        let (old, new) = (uses(&old), uses(&new));
        let is_use = |block: &Block| match block {
            Block::Same(sides) | Block::Changed(sides) => {
                sides.new.clone().all(|at| new[at]) && sides.old.clone().all(|at| old[at])
            }
            Block::Uses { .. } => true,
        };
        let hunks = self.hunks(context).into_iter();
        hunks
            .map(|hunk| {
                let pieces = self.pieces(hunk, context, &old, &new);
                let groups = pieces.chunk_by(|a, b| is_use(a) && is_use(b));
                let folded = groups.flat_map(|group| match is_use(&group[0]) {
                    true => self.fold(group).into_iter().collect(),
                    false => group.to_vec(),
                });
                without_lonely_context(folded.collect())
            })
            .collect()
    }

    /// The hunk's blocks, each of which is either all `use` lines or has none.
    fn pieces(&self, hunk: &[Change], context: usize, old: &[bool], new: &[bool]) -> Vec<Block> {
        let before = hunk[0].old_start.min(context);
        let (mut at, mut at_new) = (hunk[0].old_start - before, hunk[0].new_start - before);
        let mut pieces = Vec::new();
        let same = |pieces: &mut Vec<Block>, at: usize, at_new: usize, count: usize| {
            pieces.extend(runs(at..at + count, old).into_iter().map(|(_, run)| {
                Block::Same(Sides {
                    new: at_new + run.start - at..at_new + run.end - at,
                    old: run,
                })
            }));
        };
        for change in hunk {
            same(&mut pieces, at, at_new, change.old_start - at);
            (at, at_new) =
                (change.old_start + change.old_count, change.new_start + change.new_count);
            pieces.extend(
                pair(runs(change.old_start..at, old), runs(change.new_start..at_new, new), change)
                    .into_iter()
                    .map(Block::Changed),
            );
        }
        same(&mut pieces, at, at_new, (self.old.len() - at).min(context));
        pieces
    }

    /// `use` lines as one block; nothing if none of them came or went.
    fn fold(&self, group: &[Block]) -> Option<Block> {
        let written =
            |lines: &[String]| lines.iter().filter(|line| !line.trim().is_empty()).count();
        let count = group.iter().map(|block| match block {
            Block::Changed(Sides { old, new }) => {
                written(&self.old[old.clone()]) + written(&self.new[new.clone()])
            }
            _ => 0,
        });
        let count = count.sum();
        (count > 0).then(|| Block::Uses {
            count,
            inside: group.to_vec(),
        })
    }
}

/// What around a change explains nothing where all that changed is folded.
fn without_lonely_context(mut blocks: Vec<Block>) -> Vec<Block> {
    if !blocks.iter().any(|block| matches!(block, Block::Changed(_))) {
        blocks.retain(|block| matches!(block, Block::Uses { .. }));
    }
    blocks
}

/// For each line whether it is a `use` line, or blank and between two.
fn uses(lines: &[Line]) -> Vec<bool> {
    let is_use = |line: Option<&Line>| line == Some(&Line::Use);
    let written = |line: &&Line| **line != Line::Blank;
    (0..lines.len())
        .map(|at| match lines[at] {
            Line::Blank => {
                is_use(lines[..at].iter().rfind(written))
                    && is_use(lines[at..].iter().find(written))
            }
            line => line == Line::Use,
        })
        .collect()
}

/// `range` cut where `use` lines begin and end.
fn runs(range: Range<usize>, uses: &[bool]) -> Vec<(bool, Range<usize>)> {
    let mut start = range.start;
    let chunks = uses[range].chunk_by(|a, b| a == b);
    chunks
        .map(|chunk| {
            let run = start..start + chunk.len();
            start = run.end;
            (chunk[0], run)
        })
        .collect()
}

/// The runs of both sides of `change`, side by side where they are of one kind.
fn pair(
    old: Vec<(bool, Range<usize>)>,
    new: Vec<(bool, Range<usize>)>,
    change: &Change,
) -> Vec<Sides> {
    let (mut at, mut at_new) = (change.old_start, change.new_start);
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    let mut pairs = Vec::new();
    loop {
        let (left, right) = (old.peek().map(|run| run.0), new.peek().map(|run| run.0));
        let take = match (left, right) {
            (None, None) => return pairs,
            (Some(left), Some(right)) if left == right => (true, true),
            // `use` lines first: they stand on top.
            (left, right) => {
                (left == Some(true) || right.is_none(), right == Some(true) || left.is_none())
            }
        };
        let left = if take.0 { old.next() } else { None };
        let right = if take.1 { new.next() } else { None };
        let sides = Sides {
            old: left.map_or(at..at, |(_, run)| run),
            new: right.map_or(at_new..at_new, |(_, run)| run),
        };
        (at, at_new) = (sides.old.end, sides.new.end);
        pairs.push(sides);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::Step;
    use crate::diff::tree::Tree;

    fn blocks(old: &str, new: &str) -> Vec<Vec<Block>> {
        let tree = |text: &str| Tree {
            files: [("server/a.rs".to_string(), text.to_string())].into(),
            ..Tree::default()
        };
        Step::between(&tree(old), &tree(new), &[], |_| true).files[0].blocks(1)
    }

    #[test]
    fn use_lines_are_folded_wherever_they_stand() {
        let found = blocks(
            "use a::A;\nuse b::B;\n\nfn a() {}\n",
            "use a::A;\nuse a::B;\n\nuse b::B;\n\nfn a() {}\nfn b() {}\n",
        );
        let [first, second] = found.as_slice() else {
            panic!("two hunks: {found:?}");
        };
        assert!(matches!(first.as_slice(), [Block::Uses { count: 1, .. }]), "{first:?}");
        let sides = |old, new| Sides { old, new };
        assert_eq!(
            *second,
            [
                Block::Same(sides(3..4, 5..6)),
                Block::Changed(sides(4..4, 6..7))
            ]
        );
    }

    #[test]
    fn a_change_that_is_part_use_is_cut() {
        let found = blocks("use a::A;\nfn a() {}\n", "use b::B;\nfn b() {}\nfn c() {}\n");
        let [
            Block::Uses { count: 2, .. },
            Block::Changed(rest),
        ] = found[0].as_slice()
        else {
            panic!("{found:?}");
        };
        assert_eq!((&rest.old, &rest.new), (&(1..2), &(1..3)));
    }
}
