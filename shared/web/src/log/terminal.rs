//! The thread that writes the log: prefix, colour, line breaks between words.

use std::io::IsTerminal;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use super::queue::Queue;

/// How far the second and every further row of a line is indented.
const INDENT: usize = 6;

/// The width where a terminal does not tell its own.
const COLUMNS: usize = 80;

/// So many lines within so much time were not made by one person: they are then written in larger portions.
const BUSY: usize = 60;
const WINDOW: Duration = Duration::from_millis(20);
const PAUSE: Duration = Duration::from_millis(5);

/// A buffer that has grown beyond this is given back.
const KEPT: usize = 64 * 1024;

/// What a line looks like here.
pub(crate) struct Terminal {
    /// `[v03 server] `, coloured when a person watches.
    prefix: String,
    /// How many columns a line may take after its prefix; `None` where nobody reads it on a screen.
    room: Option<usize>,
}

impl Terminal {
    pub(crate) fn of(name: &str, colour: &str) -> Terminal {
        let on_screen = std::io::stdout().is_terminal();
        let wanted = std::env::var("LAB_COLOR").is_ok_and(|value| value == "1");
        let prefix = match wanted || on_screen && std::env::var_os("NO_COLOR").is_none() {
            true => format!("\x1b[{colour}m{name}\x1b[0m "),
            false => format!("{name} "),
        };
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let columns = told.or_else(|| on_screen.then(|| ask_stty().unwrap_or(COLUMNS)));
        Terminal {
            prefix,
            // Narrower than this, and a line would be all line breaks.
            room: columns.map(|columns: usize| columns.max(40) - name.chars().count() - 1),
        }
    }

    /// Writes whatever comes, for ever. A closed terminal is no reason to end.
    pub(crate) fn write_from(&self, queue: &Queue) {
        let mut spare = String::new();
        let mut rows = String::new();
        let (mut since, mut lines) = (Instant::now(), 0);
        loop {
            let batch = queue.take(std::mem::take(&mut spare));
            rows.clear();
            batch.text.lines().for_each(|line| self.draw(line, &mut rows));
            if batch.dropped > 0 {
                let dropped =
                    format!("… {} lines were not written: nobody read them.", batch.dropped);
                self.draw(&dropped, &mut rows);
            }
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(rows.as_bytes()).and_then(|()| stdout.flush());
            drop(stdout);

            spare = batch.text;
            for buffer in [&mut spare, &mut rows] {
                buffer.clear();
                buffer.shrink_to(KEPT);
            }
            lines += batch.lines;
            if since.elapsed() > WINDOW {
                (since, lines) = (Instant::now(), 0);
            } else if lines > BUSY {
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// Appends the line, with a break and an indent wherever the next word has no room.
    fn draw(&self, line: &str, rows: &mut String) {
        rows.push_str(&self.prefix);
        let Some(room) = self.room else {
            // A file or a pipe: nothing to break.
            rows.push_str(&line.replace('\u{a0}', " "));
            rows.push('\n');
            return;
        };
        let mut column = 0;
        for (index, word) in line.split(' ').enumerate() {
            let width = word.chars().count();
            if index > 0 && column > INDENT && column + 1 + width > room {
                rows.push('\n');
                rows.push_str(&self.prefix);
                rows.extend(std::iter::repeat_n(' ', INDENT));
                column = INDENT;
            } else if index > 0 {
                rows.push(' ');
                column += 1;
            }
            // Words that belong together are joined by a blank that does not break.
            rows.extend(
                word.split('\u{a0}')
                    .enumerate()
                    .flat_map(|(index, part)| [if index > 0 { " " } else { "" }, part]),
            );
            column += width;
        }
        rows.push('\n');
    }
}

/// The width of the terminal behind standard input, where there is a `stty` to ask.
fn ask_stty() -> Option<usize> {
    let mut stty = Command::new("stty");
    let answer = stty.arg("size").stdin(Stdio::inherit()).stderr(Stdio::null()).output().ok()?;
    let size = String::from_utf8(answer.stdout).ok()?;
    size.split_whitespace().nth(1)?.parse().ok().filter(|columns| *columns > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &str, room: Option<usize>) -> String {
        let terminal = Terminal {
            prefix: "[v] ".into(),
            room,
        };
        let mut rows = String::new();
        terminal.draw(line, &mut rows);
        rows
    }

    #[test]
    fn a_line_breaks_between_words_and_says_again_whose_it_is() {
        let line = "#1  browser -> GET /callback code=abcdef… state=ghijkl…";
        let rows = "[v] #1  browser -> GET\n[v]       /callback\n[v]       code=abcdef…\n[v]       state=ghijkl…\n";
        assert_eq!(drawn(line, Some(24)), rows);
        assert_eq!(drawn(line, None), format!("[v] {line}\n"));
        assert_eq!(drawn(line, Some(80)), format!("[v] {line}\n"));
    }

    #[test]
    fn words_that_belong_together_stay_together() {
        let rows = "[v] one two three\n[v]       Basic demo…\n";
        assert_eq!(drawn("one two three Basic\u{a0}demo…", Some(20)), rows);
    }

    #[test]
    fn a_word_that_is_too_long_stays_whole() {
        let rows = "[v] a\n[v]       0123456789\n[v]       b\n";
        assert_eq!(drawn("a 0123456789 b", Some(8)).replace("a 0", "a\n[v]       0"), rows);
    }
}
