//! A step as a plain unified diff, as it is kept in `docs/diffs/`.

use std::fmt::Write;

use crate::diff::step::{Fate, FileDiff, Step};

/// How many equal lines stand around a change.
const CONTEXT: usize = 3;

/// The whole step, part by part. `idea` heads it; tools that apply diffs skip such lines, and those of the parts.
pub fn render(step: &Step, idea: &str) -> String {
    let mut text = format!("{} -> {}\n{idea}\n", step.from, step.to);
    for (part, files) in step.told() {
        // Writing to a String cannot fail.
        if let Some((number, part)) = part {
            let all = step.parts.len();
            let _ =
                write!(text, "\n# Part {number} of {all}: {}\n# {}\n", part.title, part.sentence);
        } else if !step.parts.is_empty() {
            text.push_str("\n# Beside the lesson\n");
        }
        for file in files {
            render_file(&mut text, step, file);
        }
    }
    text
}

fn render_file(text: &mut String, step: &Step, file: &FileDiff) {
    let side = |label: &str, there: bool| {
        if there {
            format!("{label}/{}", file.path)
        } else {
            "/dev/null".into()
        }
    };
    let old = side(&step.from, file.fate != Fate::Added);
    let new = side(&step.to, file.fate != Fate::Removed);
    text.push('\n');
    if let Some(says) = &file.says {
        let _ = writeln!(text, "# {}: {says}", file.path);
    }
    let _ = writeln!(text, "--- {old}\n+++ {new}");
    for hunk in file.hunks(CONTEXT) {
        let (first, last) = (hunk[0], hunk[hunk.len() - 1]);
        let before = first.old_start.min(CONTEXT);
        let behind = (file.old.len() - last.old_start - last.old_count).min(CONTEXT);
        let (old_start, new_start) = (first.old_start - before, first.new_start - before);
        let old_end = last.old_start + last.old_count + behind;
        let new_end = last.new_start + last.new_count + behind;
        let _ = writeln!(
            text,
            "@@ -{} +{} @@",
            range(old_start, old_end - old_start),
            range(new_start, new_end - new_start)
        );
        let mut at = old_start;
        for change in hunk {
            lines(text, ' ', &file.old[at..change.old_start]);
            lines(text, '-', &file.old[change.old_start..change.old_start + change.old_count]);
            lines(text, '+', &file.new[change.new_start..change.new_start + change.new_count]);
            at = change.old_start + change.old_count;
        }
        lines(text, ' ', &file.old[at..old_end]);
    }
}

/// A range as unified diffs write it: from 1, and from 0 when it is empty.
fn range(start: usize, count: usize) -> String {
    let start = if count == 0 { start } else { start + 1 };
    if count == 1 {
        start.to_string()
    } else {
        format!("{start},{count}")
    }
}

fn lines(text: &mut String, sign: char, lines: &[String]) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::step::tests::example;

    #[test]
    fn a_step_is_written_as_patch_reads_it() {
        let expected = "\
v02-x -> v03-x
One idea.

# Part 1 of 1: The secret
# It is made before the code.

# client/pkce.rs: The secret and its hash.
--- /dev/null
+++ v03-x/client/pkce.rs
@@ -0,0 +1,4 @@
+use a::B;
+use a::C;
+
+fn verifier() {}

# Beside the lesson

--- v02-x/client/start.rs
+++ v03-x/client/start.rs
@@ -1,3 +1,4 @@
 fn a() {}
-let url = query(state);
+let url = query(state, challenge);
 end
+more
";
        assert_eq!(render(&example(), "One idea."), expected);
    }
}
